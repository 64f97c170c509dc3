import { afterAll, beforeAll, expect, it } from "vitest";
import { engineLedger } from "../../nodes/enginePorts.ts";
import { interfaces } from "../../nodes/ledger/contracts.ts";
import { hashOf } from "../pipeline/index/ledger.ts";
import { addressOfMember, startTestChain, type TestChain } from "./ledger/testChain.ts";

let chain: TestChain;
beforeAll(async () => {
  chain = await startTestChain();
});
afterAll(() => chain?.stop());

it("a partner is active as long as the members have not suspended it, and again when they reinstate it", async () => {
  const [own, other] = await Promise.all([chain.open(1), chain.open(2)]);
  const keys = { signingKey: hashOf("signing"), sealingKey: hashOf("sealing") };
  const { block } = await other.publishProfile({ url: "http://127.0.0.1:1", ...keys });
  await own.reached(block);
  const { partner } = engineLedger(own);
  expect(partner(other.account)).toMatchObject({ member: other.account, active: true });
  const decide = async (data: string) =>
    own.reached(await chain.govern({ target: chain.deployment.contracts.Profiles, data }));
  await decide(interfaces.Profiles.encodeFunctionData("suspend", [addressOfMember(2)]));
  expect(partner(other.account)?.active).toBe(false);
  await decide(interfaces.Profiles.encodeFunctionData("reinstate", [addressOfMember(2)]));
  expect(partner(other.account)?.active).toBe(true);
});

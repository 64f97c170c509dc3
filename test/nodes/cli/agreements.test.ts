import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InvalidArgumentError } from "commander";
import { Wallet } from "ethers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SignedStatement } from "../../../nodes/api/index.ts";
import { moment } from "../../../nodes/cli/consentTerms.ts";
import { readKeyFile } from "../../../nodes/cli/keyFile.ts";
import { consentId, type Ledger } from "../../../nodes/ledger/index.ts";
import { commitToConsent } from "../../../pipeline/consent/index.ts";
import { AddressText, HashText, mayUse } from "../../../pipeline/index/index.ts";
import { hashOf } from "../../pipeline/index/ledger.ts";
import { errorLine } from "../../support/command.ts";
import { runHere } from "../../support/commandHere.ts";
import { connection, consent } from "../../support/memoryAgreements.ts";
import { belt } from "../../support/memoryNode.ts";
import { serveMemoryNode } from "../../support/nodeFolder.ts";
import { addressOfMember, publishBelt, startTestChain, type TestChain } from "../ledger/testChain.ts";

async function served() {
  const node = await serveMemoryNode();
  const command = (args: readonly string[]) => runHere(args, { folder: node.folder });
  const json = async (...args: readonly string[]): Promise<unknown> => {
    const { code, stdout, stderr } = await command([...args, "--json"]);
    expect([code, stderr]).toEqual([0, ""]);
    return JSON.parse(stdout);
  };
  return { ...node, command, json };
}

const bytes32 = /^0x[0-9a-f]{64}$/;
const signed = {
  statement: "grant",
  of: {
    ...{ owner: consent.owner, grantee: consent.grantee, source: consent.source, purpose: consent.purpose },
    ...{ expiry: 4_000_000_000, nonce: 0, deadline: 4_000_000_000 },
  },
  signature: `0x${"12".repeat(65)}`,
} as const;

describe("consents of a running node", () => {
  it("are granted with commitments, whose salt is printed and never sent", async () => {
    const { json, operations } = await served();
    const terms = ["--source", "accounts", "--field", "/a", "/b", "--purpose", "audit"];
    const granted = await json("consent", "grant", "--grantee", "bank", "--until", "30d", ...terms);
    const { opening } = Object(granted);
    expect(granted).toMatchObject({
      consent: consent.consent,
      opening: { source: "accounts", fields: ["/a", "/b"], purpose: "audit" },
    });
    expect(operations.agreed).toMatchObject([
      {
        what: "grant the consent",
        given: {
          ...{ grantee: "bank", source: expect.stringMatching(bytes32) },
          ...{ purpose: expect.stringMatching(bytes32), expiry: expect.stringMatching(/^20\d\d-.*Z$/) },
        },
      },
    ]);
    expect(JSON.stringify(operations.agreed)).not.toContain(opening.salt.slice(2));
    // The salt and the terms that are printed are what the commitments open to.
    const salt = Buffer.from(opening.salt.slice(2), "hex");
    expect(Object(operations.agreed[0]?.given)).toMatchObject(commitToConsent(salt, opening));
  });

  it("are revoked by the beginning of their id, and listed", async () => {
    const { json, command, operations } = await served();
    const { grantee, source, purpose } = consent;
    await json("consent", "revoke", consent.consent.slice(0, 8));
    expect(operations.agreed).toEqual([{ what: "revoke the consent", given: { grantee, source, purpose } }]);
    const unknown = await command(["consent", "revoke", `0x${"77".repeat(32)}`]);
    expect([unknown.code, unknown.stderr]).toEqual([3, expect.stringMatching(errorLine("NOT_FOUND"))]);
    expect((await command(["consent", "list"])).stdout).toMatch(/0xc0c0c0c0 .* acme .* granted\n$/);
  });

  it("are relayed from a file, without what opens them", async () => {
    const { command, folder, json, operations } = await served();
    const write = (content: unknown) => writeFile(join(folder, "consent.json"), JSON.stringify(content));
    await write({ ...signed, opening: { salt: "secret" } });
    expect(await json("consent", "relay", "consent.json")).toMatchObject({ consent: consent.consent });
    expect(operations.agreed).toEqual([{ what: "relay the consent", given: signed }]);
    const dry = await command(["consent", "relay", "consent.json", "--dry-run"]);
    expect(dry).toMatchObject({ code: 0, stdout: expect.stringContaining("This was a dry run") });
    expect(operations.agreed).toHaveLength(1);
    await write({ ...signed, of: { ...signed.of, owner: "0x12" } });
    const wrong = await command(["consent", "relay", "consent.json"]);
    expect([wrong.code, wrong.stderr]).toEqual([
      2,
      expect.stringMatching(errorLine("INPUT_INVALID", "consent.json#/of/owner")),
    ]);
  });
});

it("a moment is a time, or a duration from now", () => {
  expect(moment("2027-01-31T00:00:00Z")).toBe(1_801_353_600);
  const day = moment("1d") - Date.now() / 1_000;
  expect(Math.abs(day - 86_400)).toBeLessThan(60);
  for (const wrong of ["tomorrow", "30", "2027-01-31", "-1d", "0d", "2027-13-01T00:00:00Z"]) {
    expect(() => moment(wrong)).toThrow(InvalidArgumentError);
  }
});

it("connections are asked for, accepted, ended and listed", async () => {
  const { command, json, operations } = await served();
  for (const [name, what] of [
    ["request", "ask for a connection"],
    ["accept", "accept the connection"],
    ["end", "end the connection"],
  ] as const) {
    expect(await json("connection", name, "bank")).toMatchObject({ partner: connection.partner });
    expect(operations.agreed.at(-1)).toEqual({ what, given: "bank" });
  }
  const nobody = await command(["connection", "end", "nobody"]);
  expect([nobody.code, nobody.stderr]).toEqual([
    3,
    expect.stringMatching(errorLine("NOT_FOUND", "<member>")),
  ]);
  expect((await command(["connection", "list"])).stdout).toMatch(/bank +requested +partner +2026-03-01/);
});

it("belts are endorsed, deprecated and handed over, by the id that their name means now", async () => {
  const { command, json, operations } = await served();
  const id = belt.belt;
  const rows: readonly (readonly [args: readonly string[], what: string, given: unknown])[] = [
    [["endorse", "greeting"], "endorse the belt", id],
    [["endorse", id.slice(0, 10), "--withdraw"], "take the endorsement back", id],
    [["deprecate", id, "--successor", "greeting"], "deprecate the belt", { belt: id, successor: id }],
    [["steward", "greeting", "--propose", "bank"], "propose the steward", { belt: id, member: "bank" }],
    [["steward", "greeting", "--withdraw"], "propose the steward", { belt: id, member: null }],
    [["steward", "greeting", "--accept"], "take the belt over", id],
  ];
  for (const [args, what, given] of rows) {
    expect(await json("belt", ...args)).toMatchObject({ belt: id });
    expect(operations.agreed.at(-1)).toEqual({ what, given });
  }
  expect(await command(["belt", "steward", "greeting"])).toMatchObject({ code: 2 });
  const shown = await command(["belt", "show", "greeting"]);
  expect(shown.stdout).toMatch(/steward +acme\n.*endorsed by +2 members\n/);
});

describe("on a ledger", () => {
  let chain: TestChain;
  let folder: string;
  let first: Ledger;
  let second: Ledger;
  beforeAll(async () => {
    chain = await startTestChain();
    // Its maker alone can open it.
    folder = await mkdtemp(join(tmpdir(), "belt-"));
    await writeFile(join(folder, "deployment.json"), JSON.stringify(chain.deployment));
    await writeFile(join(folder, "person.key"), `${hashOf("person")}\n`, { mode: 0o600 });
    [first, second] = await Promise.all([chain.open(1), chain.open(2)]);
  });
  afterAll(async () => {
    await chain?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const ledger = async (...args: readonly string[]): Promise<unknown> => {
    const place = ["--rpc", chain.url, "--deployment", "deployment.json"];
    const { code, stdout, stderr } = await runHere(["ledger", ...args, ...place, "--json"], { folder });
    expect([code, stderr]).toEqual([0, ""]);
    return JSON.parse(stdout);
  };
  const sign = async (...args: readonly string[]) => {
    const place = ["--key-file", "person.key", "--deployment", "deployment.json"];
    const { code, stdout, stderr } = await runHere(["consent", ...args, ...place], { folder });
    expect([code, stderr]).toEqual([0, ""]);
    return stdout;
  };
  const statementOf = (text: string) => {
    const { opening: _, ...rest } = Object(JSON.parse(text));
    return SignedStatement.parse(rest);
  };
  const useOf = ({ of }: ReturnType<typeof statementOf>) => ({
    owner: AddressText.parse(of.owner),
    grantee: AddressText.parse(of.grantee),
    source: HashText.parse(of.source),
    purpose: HashText.parse(of.purpose),
  });

  it("what a person signs offline is relayed, seen by an auditor, and taken back", async () => {
    const terms = ["--source", "income", "--purpose", "mortgage", "--until", "30d"];
    const text = await sign("sign", "--grantee", addressOfMember(2), ...terms);
    const grant = statementOf(text);
    const use = useOf(grant);
    expect(use.owner).toBe(new Wallet(hashOf("person")).address.toLowerCase());
    if (grant.statement !== "grant") expect.fail("this is no grant");
    const { consent: id, block } = await first.relayGrant({ ...grant, of: { ...grant.of, ...use } });
    await second.reached(block);
    expect(mayUse(second.view, id, Date.now() / 1_000)).toBe(true);
    const row = { consent: consentId(use), granteeName: "m2", state: "granted", nextNonce: 1 };
    expect(await ledger("consents", "--grantee", "m2")).toMatchObject({ consents: [row] });
    const all = await ledger("consents", "--owner", use.owner);
    expect(all).toMatchObject({ consents: [row] });
    expect(JSON.stringify(all)).not.toMatch(/income|mortgage/);

    await writeFile(join(folder, "consent.json"), text);
    const revocation = statementOf(await sign("sign-revocation", "consent.json"));
    if (revocation.statement !== "revocation") expect.fail("this is no revocation");
    await second.relayRevocation({ ...revocation, of: { ...revocation.of, ...use } });
    expect(await ledger("consents", "--grantee", "m3")).toEqual({ consents: [] });
    expect(await ledger("consents")).toMatchObject({ consents: [{ state: "revoked", expiry: null }] });
  });

  it("a key that others can read, that is none, or that is another's signs nothing", async () => {
    const key = async (name: string, text: string, mode = 0o600) => {
      await writeFile(join(folder, name), text, { mode });
      return join(folder, name);
    };
    const rows = [
      [await key("open.key", hashOf("open"), 0o644), "KEYS_EXPOSED"],
      [await key("wrong.key", "0x12"), "KEYS_DAMAGED"],
      [await key("zero.key", `0x${"0".repeat(64)}`), "KEYS_DAMAGED"],
      [join(folder, "none.key"), "KEYS_MISSING"],
    ] as const;
    for (const [file, code] of rows) await expect(readKeyFile(file)).rejects.toMatchObject({ code });
    await key("other.key", hashOf("another person"));
    const place = ["--key-file", "other.key", "--deployment", "deployment.json"];
    const other = await runHere(["consent", "sign-revocation", "consent.json", ...place], { folder });
    expect(other.stderr).toMatch(errorLine("INPUT_INVALID", "--key-file"));
  });

  it("connections and contributions are seen by everybody", async () => {
    const belt = await publishBelt(first, "contributing");
    await second.reached(first.view.head?.number ?? 0);
    const { block } = await second.endorseBelt(belt);
    await second.requestConnection(first.account);
    await first.reached(block);
    expect(await ledger("connections", "m1")).toMatchObject({
      connections: [{ requesterName: "m2", memberName: "m1", state: "requested", acceptedAt: null }],
    });
    expect(await ledger("connections", "m3")).toEqual({ connections: [] });
    const { members, weights, rings } = Object(await ledger("contribution"));
    expect(rings).toEqual([]);
    expect(members[0]).toMatchObject({ name: "m1", endorsements: 1, points: weights.endorsed, served: 0 });
    const place = ["--rpc", chain.url, "--deployment", "deployment.json"];
    const { stdout } = await runHere(["ledger", "contribution", ...place], { folder });
    expect(stdout).toMatch(
      /MEMBER +POINTS .*\nm1 +25 .*Points: 1 a case served, 25 an endorsement, -5 a case lost in a dispute\.\n$/s,
    );
  });
});

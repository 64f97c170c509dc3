import { z } from "zod";
import { interfaces } from "./contracts.ts";
import type { CreditParts } from "./credit.ts";
import type { Use } from "./statements.ts";
import { Code } from "./wire.ts";

/** As many as the contract answers at once. */
const atOnce = 256;

const Answers = z.array(z.boolean());

/**
 * Asks the ledger which uses are allowed in its newest block: granted, neither expired nor revoked, to an active member.
 * A revocation counts from the block in which it lands, which the index may not have read yet.
 */
export async function readUses(
  { rpc, addressOf }: Pick<CreditParts, "rpc" | "addressOf">,
  uses: readonly Use[],
  signal?: AbortSignal,
): Promise<readonly boolean[]> {
  const to = await addressOf("Consents", signal);
  const allowed: boolean[] = [];
  for (let start = 0; start < uses.length; start += atOnce) {
    const data = interfaces.Consents.encodeFunctionData("mayUseEach", [uses.slice(start, start + atOnce)]);
    const answer = await rpc.call(Code, "eth_call", [{ to, data }, "latest"]);
    const [answers] = interfaces.Consents.decodeFunctionResult("mayUseEach", answer);
    allowed.push(...Answers.parse([...answers]));
  }
  return allowed;
}

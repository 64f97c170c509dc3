import { z } from "zod";
import { BeltError } from "../pipeline/errors.ts";
import { AddressText, HashText } from "../pipeline/index/index.ts";
import { systemClock } from "./clock.ts";
import type { Clock, Ledger as EngineLedger } from "./engine/index.ts";
import type { Ledger } from "./ledger/index.ts";
import { parseWith } from "./parse.ts";

const Use = z.object({ owner: AddressText, source: HashText, purpose: HashText });

/** Milliseconds before a ledger that did not answer is asked again. */
const pause = 500;

/** Asks whether this member may use data now; again and again while the ledger does not answer. */
export function dataUses(
  { account, mayUse }: Pick<Ledger, "account" | "mayUse">,
  { sleep }: Pick<Clock, "sleep"> = systemClock,
): EngineLedger["mayUse"] {
  return async (use, signal) => {
    const asked = { ...parseWith(Use, use), grantee: account };
    for (;;) {
      try {
        const [allowed = false] = await mayUse([asked], signal);
        return allowed;
      } catch (error) {
        if (!(error instanceof BeltError) || !error.retryable || signal.aborted) throw error;
        await sleep(pause, signal);
      }
    }
  };
}

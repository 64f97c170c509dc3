import type { BeltError } from "../pipeline/errors.ts";
import type { Engine } from "./engine/index.ts";
import type { Ledger } from "./ledger/index.ts";
import type { CheckedStore } from "./store/index.ts";

export interface ReadinessParts {
  readonly ledger: Pick<Ledger, "state">;
  readonly engine: Pick<Engine, "refusal">;
  readonly store: Pick<CheckedStore, "damaged">;
}

const inWords = ({ code, message }: BeltError): string => `${code}: ${message}`;

/** Why the node cannot do all of its work at the moment; nothing when it can. */
export function readiness({ ledger, engine, store }: ReadinessParts): string[] {
  const { phase, reason } = ledger.state();
  const reasons: string[] = [];
  if (phase !== "following") reasons.push(reason === undefined ? `The ledger: ${phase}.` : inWords(reason));
  const refusal = engine.refusal();
  if (refusal !== undefined && refusal.code !== "NODE_PAUSED") reasons.push(inWords(refusal));
  const [first, ...others] = store.damaged();
  if (first !== undefined) {
    const more = others.length === 0 ? "" : ` and ${others.length} more`;
    reasons.push(`STORE_DAMAGED: The record ${first}${more} is not as it was written.`);
  }
  return reasons;
}

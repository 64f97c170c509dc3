import { BeltError } from "../../pipeline/errors.ts";
import type { Store } from "../store/index.ts";
import type { CatchUp } from "./catchUp.ts";
import type { Committer } from "./committer.ts";
import type { Line } from "./line.ts";
import type { Ledger } from "./ports.ts";
import type { ReceiptLog } from "./receiptLog.ts";

export interface RefusalParts {
  readonly store: Pick<Store, "trouble">;
  readonly ledger: Pick<Ledger, "trouble">;
  readonly catchUp: Pick<CatchUp, "obstacle">;
  readonly log: Pick<ReceiptLog, "obstacle">;
  readonly line: Pick<Line, "busy">;
  readonly committer: Pick<Committer, "waiting">;
  /** Complete cases that may wait. */
  readonly backlog: number;
}

/** Why a node takes no tray at the moment, if so. */
export function createRefusal(parts: RefusalParts): () => BeltError | undefined {
  const { store, ledger, catchUp, log, line, committer, backlog } = parts;
  return () => {
    const failing = store.trouble();
    if (failing !== undefined)
      return new BeltError("STORE_FAILED", failing.message, { retryAfter: 5, cause: failing });
    const trouble = ledger.trouble();
    if (trouble?.lasting) return new BeltError("NODE_PAUSED", trouble.reason, { retryAfter: 30 });
    const obstacle = catchUp.obstacle() ?? log.obstacle();
    if (obstacle !== undefined) return obstacle;
    if (line.busy() + committer.waiting() > backlog) {
      return new BeltError("OVERLOADED", "More cases wait at this node than it takes.", { retryAfter: 1 });
    }
    return undefined;
  };
}

import { BeltError, type Code } from "../../pipeline/errors.ts";
import type { SubmitOptions } from "../ledger/index.ts";
import type { Store } from "../store/index.ts";
import type { CaseStore, OwnSheet } from "./caseStore.ts";
import type { Clock, Ledger } from "./ports.ts";
import { isRefusal } from "./problem.ts";
import type { Signals } from "./signals.ts";

/** Refusals that may pass: credit comes in, a suspended member is reinstated. */
const passing: ReadonlySet<Code> = new Set(["CREDIT_SHORT", "MEMBER_INACTIVE"]);
/** And those after which whoever is told of them is to book again, and would have two sheets. */
const toBookAgain: ReadonlySet<Code> = new Set(["LEDGER_TOO_EARLY", "BOOKINGS_PAUSED"]);

export interface FateParts {
  readonly ledger: Pick<Ledger, "look" | "sheet" | "isBeingBooked">;
  readonly clock: Pick<Clock, "now">;
  readonly signal: AbortSignal;
  /** Whether somebody waits for the booking, and is told how it ends. */
  readonly awaited: boolean;
}

/** What becomes of a kept sheet whose booking failed: it never will be booked, it is booked after all, or who knows. */
export type Fate = "refused" | "booked" | "unknown";

/**
 * That a sheet will never be booked is the ledger's to say, by its own time: a machine's clock can be wrong, and a booking
 * can be in a block that this node has not read, or on its way to one. So only a refusal counts, and only while the sheet
 * is still not there in what is read after it, and no transaction is left that may bring it there. For whom nobody waits,
 * what can pass counts once the deadline has passed by this machine's clock as well.
 */
export async function fateOf(
  { sheet, root, deadline }: OwnSheet,
  problem: BeltError,
  { ledger, clock, signal, awaited }: FateParts,
): Promise<Fate> {
  if (!saysNo(problem, awaited)) return "unknown";
  if (passing.has(problem.code) && !awaited && clock.now() < deadline * 1_000) return "unknown";
  if (!(await ledger.look(signal))) return "unknown";
  if (ledger.sheet(sheet) !== undefined) return "booked";
  return problem.code === "LEDGER_DONE_BEFORE" || ledger.isBeingBooked(root) ? "unknown" : "refused";
}

/** What keeps the node from the ledger says nothing of the booking, which may be on its way. */
const saysNo = (problem: BeltError, awaited: boolean): boolean =>
  (awaited && toBookAgain.has(problem.code)) || isRefusal(problem);

export interface KeptBookingParts extends Omit<FateParts, "ledger" | "awaited"> {
  readonly ledger: Pick<Ledger, "book"> & FateParts["ledger"];
  readonly store: Pick<Store, "batch">;
  readonly cases: Pick<CaseStore, "takeBack">;
  readonly signals: Signals;
}

/**
 * Books a sheet that is kept, or takes it back with its cases once it is certain that it never will be booked.
 *
 * @returns why it was taken back; undefined when it is booked
 * @throws what keeps it from being booked for now; it stays, and may be booked. Whoever waits is told so with it
 */
export type BookKept = (
  own: OwnSheet,
  how: { readonly awaited: boolean; readonly options?: SubmitOptions | undefined },
) => Promise<BeltError | undefined>;

export function createBookKept(parts: KeptBookingParts): BookKept {
  const { ledger, store, cases, signals } = parts;
  return async (own, { awaited, options }) => {
    const { belt, root, count, deadline, maxCost, sheet } = own;
    try {
      await ledger.book({ belt, root, count, deadline, maxCost: BigInt(maxCost) }, options);
    } catch (problem) {
      if (!(problem instanceof BeltError)) throw problem;
      const fate = await fateOf(own, problem, { ...parts, awaited });
      if (fate === "unknown") throw awaited ? stillKept(own, problem) : problem;
      if (fate === "refused") {
        await store.batch(cases.takeBack(own));
        return problem;
      }
    }
    signals.emit("booked", { sheet });
    return undefined;
  };
}

/** What is said of a sheet that was kept, and is taken back. */
export const notBooked = ({ sheet, count }: OwnSheet, cause?: BeltError): BeltError =>
  new BeltError(
    "SHEET_NOT_BOOKED",
    `Sheet ${sheet} is not booked, and its cases (${count}) are not kept any longer. ${cause?.message ?? ""}`.trimEnd(),
    { cause },
  );

/** What is said of a sheet that is kept: who thought that it is refused would hand its cases in again, and have two. */
function stillKept({ sheet }: OwnSheet, cause: BeltError): BeltError {
  const ask = "Ask again under the booking's key, or see the node's sheets.";
  if (isRefusal(cause)) {
    return new BeltError(
      "LEDGER_UNREACHABLE",
      `Sheet ${sheet} was refused, and may be booked all the same: the ledger has not said its last word. ${cause.message}`,
      { remedy: `Its cases are kept: it is booked or taken back by itself. ${ask}`, cause },
    );
  }
  const { code, message, remedy, at, retryAfter } = cause;
  return new BeltError(code, `Sheet ${sheet} is kept, and not known to be booked yet. ${message}`, {
    remedy: `${remedy} Do not hand the cases in again: they are kept, and booked by themselves once that is possible. ${ask}`,
    ...(at === undefined ? {} : { at }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
    cause,
  });
}

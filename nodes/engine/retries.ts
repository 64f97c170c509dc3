import type { BeltError, Code } from "../../pipeline/errors.ts";

/** How long to wait before trying again, in milliseconds. */
export interface RetryLimits {
  /** Before the second attempt; twice as long before each one after it. */
  readonly least: number;
  /** No wait grows beyond this, unless the partner asks for a longer one. */
  readonly most: number;
}

/**
 * The pause after an attempt that failed, with jitter, so that those who failed together do not come back together. A
 * partner that names a time is not asked before it, however often it says so; one that names none at all, or the
 * present, is not asked at once either.
 *
 * @param failures how often it has failed in a row, this time included
 * @param random a number in [0, 1)
 */
export function pauseAfter(
  { retryAfter }: Pick<BeltError, "retryAfter">,
  {
    failures,
    random,
    limits,
  }: { readonly failures: number; readonly random: number; readonly limits: RetryLimits },
): number {
  if (retryAfter !== undefined) return Math.max(limits.least, retryAfter * 1_000) * (1 + random / 4);
  const bound = Math.min(limits.most, limits.least * 2 ** Math.min(failures - 1, 20));
  return bound * (0.5 + random / 2);
}

const ofThePartner: ReadonlySet<Code> = new Set([
  "PARTNER_UNREACHABLE",
  "PARTNER_REFUSED",
  "NODE_PAUSED",
  "LOG_BEHIND",
  "LOG_FORKED",
  "OVERLOADED",
  "STORE_FAILED",
  "STORE_CLOSED",
  "LEDGER_UNREACHABLE",
  "LEDGER_STALLED",
]);

/** Whether what failed would fail for any other tray to the same partner just as well. */
export const isOfThePartner = ({ code }: Pick<BeltError, "code">): boolean => ofThePartner.has(code);

/** A time before which nothing is to be tried. */
export interface Pause {
  readonly from: number;
  readonly until: number;
}

/** Milliseconds of a pause that are left; none also where the clock was set back since it began. */
export function leftOf(pause: Pause | undefined, now: number): number {
  if (pause === undefined || now < pause.from) return 0;
  return Math.max(0, pause.until - now);
}

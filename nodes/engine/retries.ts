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
 * partner that names a time is not asked before it; one that names none at all, or the present, is not asked at once
 * either. Who is busy is asked again when it said, however often; whatever else fails, less and less often.
 *
 * @param failures how often it has failed in a row, this time included
 * @param random a number in [0, 1)
 */
export function pauseAfter(
  { code, retryAfter }: Pick<BeltError, "code" | "retryAfter">,
  {
    failures,
    random,
    limits,
  }: { readonly failures: number; readonly random: number; readonly limits: RetryLimits },
): number {
  const bound = Math.min(limits.most, limits.least * 2 ** Math.min(failures - 1, 20));
  const grown = bound * (0.5 + random / 2);
  if (retryAfter === undefined) return grown;
  const asked = Math.max(limits.least, retryAfter * 1_000) * (1 + random / 4);
  return code === "OVERLOADED" ? asked : Math.max(asked, grown);
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

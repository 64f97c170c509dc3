import type { Code } from "../../pipeline/errors.ts";
import type { Outcome } from "../stations/index.ts";

/**
 * Failures that may be of one attempt alone: the station threw, its process ended, or it took too long. What its
 * source says is not among them: stations that ask one have retries of their own.
 */
const passing: ReadonlySet<Code> = new Set(["STATION_FAILED", "STATION_CRASHED", "STATION_TIMEOUT"]);

const shortestPause = 200;
const growth = 4;
const longestPause = 60_000;

/**
 * The milliseconds before a failed case is tried again; undefined when it has failed for good.
 *
 * @param attempts how often it was tried
 * @param most how often it may be tried
 * @param random a number in [0, 1), so that cases which failed together do not come back together
 */
export function pauseBeforeAttempt(
  { code = "STATION_FAILED" }: Extract<Outcome, { status: "failed" }>,
  { attempts, most, random }: { readonly attempts: number; readonly most: number; readonly random: number },
): number | undefined {
  if (attempts >= most || !passing.has(code)) return undefined;
  const bound = Math.min(longestPause, shortestPause * growth ** (attempts - 1));
  return bound * (0.5 + random / 2);
}

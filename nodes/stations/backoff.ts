export interface Backoff {
  /** The upper bound of the first pause, in milliseconds; it doubles with each retry. */
  readonly retryDelayMs: number;
  /** The longest pause, in milliseconds. */
  readonly maxDelayMs: number;
}

/**
 * The pause before a retry: exponential with full jitter, so that the cases of one sheet that failed together do
 * not come back together.
 *
 * @param retry 0 for the first retry.
 * @param random a number in [0, 1).
 * @param asked what the service asked for by Retry-After, in milliseconds: the pause is never shorter.
 * @returns milliseconds, or undefined when the service asks for more than the longest pause.
 */
export function pauseBefore(
  retry: number,
  { retryDelayMs, maxDelayMs }: Backoff,
  random: number,
  asked = 0,
): number | undefined {
  if (asked > maxDelayMs) return undefined;
  const bound = Math.min(maxDelayMs, retryDelayMs * 2 ** retry);
  return Math.min(maxDelayMs, asked + Math.floor(random * bound));
}

/**
 * What a Retry-After header (RFC 9110, section 10.2.3) asks for: seconds, or a date.
 *
 * @returns milliseconds from `now`, or undefined where the header is absent or says nothing.
 */
export function retryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1_000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

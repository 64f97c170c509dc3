/**
 * Resolves with the first truthy answer of `condition`, asked again and again.
 *
 * @throws the last error of `condition`, or a sentence with `what`, when the limit (milliseconds) has passed.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  { what = "the condition", limit = 30_000, every = 20, signal }: UntilOptions = {},
): Promise<Exclude<T, false | null | undefined | 0 | "">> {
  const end = performance.now() + limit;
  let last: unknown;
  for (;;) {
    signal?.throwIfAborted();
    try {
      const answer = await condition();
      if (answer) return answer as Exclude<T, false | null | undefined | 0 | "">;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (performance.now() > end) throw last ?? new Error(`${what} did not come true within ${limit} ms`);
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}

export interface UntilOptions {
  readonly what?: string;
  readonly limit?: number;
  readonly every?: number;
  readonly signal?: AbortSignal;
}

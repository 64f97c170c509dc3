/** Latencies, summed up, in milliseconds. */
export interface Latency {
  readonly count: number;
  readonly median: number;
  readonly p99: number;
  readonly max: number;
}

/** @throws {RangeError} when nothing was measured */
export function latencyOf(milliseconds: readonly number[]): Latency {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  return {
    count: sorted.length,
    median: quantile(sorted, 0.5),
    p99: quantile(sorted, 0.99),
    max: quantile(sorted, 1),
  };
}

/** The smallest value that is not below so large a part of them (nearest rank). */
function quantile(sorted: readonly number[], part: number): number {
  const value = sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)];
  if (value === undefined) throw new RangeError("Nothing was measured.");
  return value;
}

/** What waits along one edge. */
export interface Queue {
  readonly count: number;
  /** Since when the oldest of it waits, in milliseconds since 1970. */
  readonly since: number;
}

/** What waits, by edge. */
export type Queues = ReadonlyMap<string, Queue>;

/** Something that waits, of which there may be several. */
export interface Waiting extends Queue {
  readonly edge: string;
}

/** Sums up what waits by its edge. Counted when somebody asks, so that nothing is counted while cases travel. */
export function queuesOf(waiting: Iterable<Waiting>): Queues {
  const queues = new Map<string, Queue>();
  for (const { edge, count, since } of waiting) {
    const known = queues.get(edge) ?? { count: 0, since };
    queues.set(edge, { count: known.count + count, since: Math.min(known.since, since) });
  }
  return queues;
}

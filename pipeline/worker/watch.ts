/** What a worker has seen of another one's beats. */
interface Seen {
  /** The last beat, and when it was first seen, on the clock of the one who looks. */
  readonly beat: string;
  readonly since: number;
  /** How often it was seen. */
  readonly looks: number;
}

/**
 * What one worker knows of the others. No clocks are compared: a beat says nothing of the time, it only differs from the
 * one before, and for how long it has not is measured by the one who looks.
 */
export type Watch = ReadonlyMap<string, Seen>;

/** Looks this many times see a beat that stands still at least, so that a pause of the one who looks proves nothing. */
export const fewestLooks = 3;

/**
 * Looks again at everybody's beats.
 *
 * @param now milliseconds of a clock that is never set
 */
export function look(watch: Watch, beats: ReadonlyMap<string, string>, now: number): Watch {
  return new Map(
    [...beats].map(([worker, beat]) => {
      const seen = watch.get(worker);
      if (seen?.beat !== beat) return [worker, { beat, since: now, looks: 1 }];
      return [worker, { ...seen, looks: seen.looks + 1 }];
    }),
  );
}

/** Those whose beat has stood still for as long as a worker is waited for, with this last beat. */
export function silent(watch: Watch, now: number, patience: number): ReadonlyMap<string, string> {
  const still = [...watch].filter(([, { since, looks }]) => looks >= fewestLooks && now - since >= patience);
  return new Map(still.map(([worker, { beat }]) => [worker, beat]));
}

/** A place in a line: it was given in the order of asking. */
export interface Place {
  /** Resolves when everybody before has had a turn, or left. */
  readonly turn: Promise<void>;
  /** Lets the next one have its turn; keeps the place. */
  passOn(): void;
  /** Gives the place to the next who waits for one. */
  leave(): void;
}

/** A line with so many places; others wait, first come, first served. */
export interface Line {
  /** @throws the signal's reason when it aborts before there is a place. */
  enter(signal: AbortSignal): Promise<Place>;
  /** Takes a place for somebody who was there before the line opened. */
  takeUp(): Place;
}

export function createLine(places: number): Line {
  let free = places;
  const waiting: (() => void)[] = [];
  let last: Promise<unknown> = Promise.resolve();

  const next = () => {
    while (free > 0) {
      const call = waiting.shift();
      if (!call) return;
      free--;
      call();
    }
  };

  const join = (): Place => {
    const before = last;
    const { promise, resolve } = Promise.withResolvers<void>();
    last = before.then(() => promise);
    let left = false;
    return {
      turn: before.then(() => undefined),
      passOn: resolve,
      leave() {
        resolve();
        if (left) return;
        left = true;
        free++;
        next();
      },
    };
  };

  return {
    takeUp() {
      free--;
      return join();
    },
    enter: (signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const place = join();
        const start = () => {
          signal.removeEventListener("abort", abort);
          resolve(place);
        };
        const abort = () => {
          waiting.splice(waiting.indexOf(start), 1);
          place.passOn();
          reject(signal.reason);
        };
        signal.addEventListener("abort", abort, { once: true });
        waiting.push(start);
        next();
      }),
  };
}

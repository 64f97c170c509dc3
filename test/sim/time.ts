interface Event {
  readonly at: number;
  readonly order: number;
  readonly happen: () => void;
  cancelled: boolean;
}

/**
 * Simulated time. What is to happen happens in the order of its time; between two events everything that can go on
 * without waiting does. So one seed is one run, whatever the machine's own clock and load.
 */
export class Time {
  /** Milliseconds since 1970. */
  now: number;
  /** How many events have happened. */
  events = 0;
  readonly #heap: Event[] = [];
  #order = 0;

  constructor(start: number) {
    this.now = start;
  }

  /** Has something happen after so many milliseconds; gives what takes it back. */
  after(milliseconds: number, happen: () => void): () => void {
    const event = {
      at: this.now + Math.max(0, milliseconds),
      order: this.#order++,
      happen,
      cancelled: false,
    };
    this.#push(event);
    return () => {
      event.cancelled = true;
    };
  }

  /** Lets time pass until there is nothing more to happen, `done` says so, or it is so late. */
  async run(done: () => boolean, until = Number.POSITIVE_INFINITY): Promise<void> {
    await settled();
    while (!done()) {
      const event = this.#pop();
      if (event === undefined) return;
      if (event.at > until) {
        this.#push(event);
        return;
      }
      if (event.cancelled) continue;
      this.now = event.at;
      this.events++;
      event.happen();
      await settled();
    }
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let place = heap.length;
    heap.push(event);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || before(above, event)) break;
      heap[place] = above;
      place = parent;
    }
    heap[place] = event;
  }

  #pop(): Event | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      const [left, right] = [heap[child], heap[child + 1]];
      if (left === undefined) break;
      let least = left;
      if (right !== undefined && before(right, left)) {
        least = right;
        child++;
      }
      if (before(last, least)) break;
      heap[place] = least;
      place = child;
    }
    heap[place] = last;
    return first;
  }
}

const before = (a: Event, b: Event): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** Resolves when all that waits for nothing but its turn has had it: promises go on before what is set immediate. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

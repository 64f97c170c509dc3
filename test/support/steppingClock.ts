import type { Clock } from "../../nodes/engine/index.ts";

/**
 * A clock that a test turns: time passes when it is told to, and what it shows can be set without time passing, as
 * somebody sets a machine's clock. What sleeps, sleeps by the time that passes.
 */
export class SteppingClock implements Clock {
  #shown: number;
  #passed = 0;
  readonly #sleepers = new Set<{ readonly until: number; readonly wake: () => void }>();

  /** @param start - what it shows at first, in milliseconds since 1970 */
  constructor(start: number) {
    this.#shown = start;
  }

  /** Whole milliseconds, as a machine shows them: pauses with jitter end in between. */
  now(): number {
    return Math.floor(this.#shown);
  }

  sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const sleeper = {
        until: this.#passed + Math.max(0, milliseconds),
        wake: () => {
          this.#sleepers.delete(sleeper);
          signal.removeEventListener("abort", sleeper.wake);
          resolve();
        },
      };
      this.#sleepers.add(sleeper);
      signal.addEventListener("abort", sleeper.wake, { once: true });
    });
  }

  /** Sets what it shows forward, or back. */
  set(milliseconds: number): void {
    this.#shown += milliseconds;
  }

  /** Lets time pass; who wakes in between does so at its time. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.#passed + milliseconds;
    await settled();
    for (let wakes = 0; ; wakes++) {
      if (wakes > 20_000) throw new Error("Somebody sleeps again and again without letting time pass.");
      const [next] = [...this.#sleepers].sort((a, b) => a.until - b.until);
      if (next === undefined || next.until > end) break;
      this.#advance(next.until);
      next.wake();
      await settled();
    }
    this.#advance(end);
    await settled();
  }

  #advance(to: number): void {
    const by = Math.max(0, to - this.#passed);
    this.#passed += by;
    this.#shown += by;
  }
}

/** Lets everything go on that waits for no time: stores and networks in memory take a few turns. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

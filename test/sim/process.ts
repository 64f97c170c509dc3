import type { Clock } from "../../nodes/engine/index.ts";
import type { Random } from "./random.ts";
import type { Time } from "./time.ts";

/**
 * A simulated process. Once it is killed nothing of it goes on: whatever it waited for never comes. It is not told
 * either, as by SIGKILL.
 */
export class Process {
  readonly time: Time;
  readonly random: Random;
  /** Told to stop, as by SIGTERM. */
  readonly stopping = new AbortController();
  /** Milliseconds by which this machine's clock differs from the true time. */
  readonly skew: () => number;
  #alive = true;
  readonly #lastWords = new Set<() => void>();
  readonly #passing: (point: string) => void;

  constructor(parts: {
    readonly time: Time;
    readonly random: Random;
    readonly skew: () => number;
    /** Sees every boundary that the process passes, and may kill it there. */
    readonly passing: (point: string) => void;
  }) {
    this.time = parts.time;
    this.random = parts.random;
    this.skew = parts.skew;
    this.#passing = parts.passing;
  }

  get alive(): boolean {
    return this.#alive;
  }

  kill(): void {
    this.#alive = false;
    for (const each of this.#lastWords) each();
    this.#lastWords.clear();
  }

  /** What the kernel does when the process dies: connections break. Gives what takes it back. */
  onDeath(action: () => void): () => void {
    this.#lastWords.add(action);
    return () => this.#lastWords.delete(action);
  }

  /** The process comes by a boundary of its durability; it may be dead afterwards. */
  pass(point: string): boolean {
    if (this.#alive) this.#passing(point);
    return this.#alive;
  }

  /** Gives the process a value after so many milliseconds, if it is still there. */
  wait<T>(milliseconds: number, value: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.time.after(milliseconds, () => {
        if (!this.#alive) return;
        try {
          resolve(value());
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  /** Never resolves: what a dead process waits for. */
  static never<T>(): Promise<T> {
    return new Promise(() => {});
  }

  readonly clock: Clock = {
    now: () => Math.floor(this.time.now + this.skew()),
    sleep: (milliseconds, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) {
          resolve();
          return;
        }
        const end = (): void => {
          cancel();
          signal.removeEventListener("abort", end);
          if (this.#alive) resolve();
        };
        // A timer does not follow a clock that is set meanwhile, and no timer is longer than this.
        const cancel = this.time.after(Math.min(milliseconds, 2_147_483_647), end);
        signal.addEventListener("abort", end, { once: true });
      }),
  };
}

/** A system that is measured: it brings items through five steps, each done by a process of its own. */
export interface System {
  /** What `--only` calls it. */
  readonly name: string;
  readonly title: string;
  /** What must have happened before it says that a step is done, and how it was set up for that. */
  readonly durability: string;
  readonly setup: string;
  /** Items in flight at full load: enough that no worker waits for the next. */
  readonly depth: number;
  /** How many items are handed in at once, at full load and at a given pace. */
  readonly batch: number;
  readonly pacedBatch: number;
  /**
   * Starts it with its five workers.
   *
   * @throws {Error} when its tool cannot be had, saying which
   */
  start(place: Place): Promise<RunningSystem>;
}

/** Where and until when a system runs. */
export interface Place {
  /** A folder of its own, removed afterwards. */
  readonly folder: string;
  readonly signal: AbortSignal;
  say(line: string): void;
}

export interface RunningSystem {
  /** The versions of what was measured. */
  readonly version: string;
  /** The processes that do the work; the one that hands in is not among them. */
  processes(): readonly WorkProcess[];
  /** Hands in items by their numbers; resolves when they are kept. */
  submit(first: number, count: number): Promise<void>;
  progress(): Promise<Progress>;
  /** Hands in items and resolves when all of them are through. */
  follow(first: number, count: number): Promise<Trip>;
  /** Looks at what came out. @throws {Error} when an item did not go through all steps as it should */
  verify(): Promise<void>;
  /** Ends every process. */
  stop(): Promise<void>;
}

export interface WorkProcess {
  readonly name: string;
  readonly pid: number;
}

export interface Progress {
  /** Steps that are done for good. */
  readonly steps: number;
  /** Items that are through all of them. */
  readonly finished: number;
}

/** How long items took, in milliseconds. */
export interface Trip {
  /** From the moment at which the system had taken them in, for us the booking. */
  readonly sinceKept: readonly number[];
  /** From the moment at which they were handed in. */
  readonly sinceHandedIn: readonly number[];
}

/** Does something with a system while it runs, and stops it, whatever came of that. */
export async function whileItRuns<S extends Pick<RunningSystem, "stop">, T>(
  starting: Promise<S>,
  act: (running: S) => Promise<T>,
): Promise<T> {
  const running = await starting;
  try {
    return await act(running);
  } finally {
    await running.stop();
  }
}

import type { BeltError } from "../../pipeline/errors.ts";
import {
  type AnnouncedChild,
  type Child,
  endedEarly,
  type Program,
  startAnnouncing,
  startChild,
} from "./child.ts";

/** A process that ended although nobody asked it to. */
export interface Crash {
  /** What it is called, such as `the node of valuers`. */
  readonly name: string;
  readonly problem: BeltError;
  /** The last lines of its log. */
  readonly lines: readonly string[];
}

/** The programs of a network while they run. */
export interface Children {
  start(program: Program & { readonly endsByItself?: boolean }): Promise<Child>;
  startAnnouncing(program: Program): Promise<AnnouncedChild>;
  /** Asks all to end; who has not after `limit` milliseconds is killed. Resolves when none is left. */
  stop(limit?: number): Promise<void>;
  /** Kills all at once, without waiting. */
  kill(): void;
  readonly pids: readonly number[];
}

/** @param crashed - told of every process that ends by itself although it should not */
export function createChildren(crashed: (crash: Crash) => void): Children {
  const running = new Set<Child>();
  let closed = false;

  function watch(child: Child, endsByItself = false): void {
    running.add(child);
    void child.ended.then(async ({ asked }) => {
      running.delete(child);
      if (asked || endsByItself) return;
      const [problem, lines] = await Promise.all([endedEarly(child), child.lastLines()]);
      if (!closed) crashed({ name: child.program.name, problem, lines });
    });
    // It was on its way while the others were stopped.
    if (closed) void child.kill();
  }

  function refuseWhenClosed(): void {
    if (closed) throw new DOMException("The network has stopped.", "AbortError");
  }

  return {
    async start({ endsByItself, ...program }) {
      refuseWhenClosed();
      const child = await startChild(program);
      watch(child, endsByItself);
      return child;
    },
    async startAnnouncing(program) {
      refuseWhenClosed();
      return startAnnouncing(program, watch);
    },
    async stop(limit) {
      closed = true;
      await Promise.all([...running].map((child) => child.stop(limit)));
    },
    kill() {
      closed = true;
      for (const child of running) void child.kill();
    },
    get pids() {
      return [...running].map(({ pid }) => pid);
    },
  };
}

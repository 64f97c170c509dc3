import { setTimeout as pause } from "node:timers/promises";
import { monotonic, type Stretch } from "../measure/profile.ts";
import type { RunningSystem, System } from "../system.ts";
import { type FeedOptions, startFeed } from "./feed.ts";
import { type ProcessShare, watchProcesses } from "./processWatch.ts";

export interface FloodOptions extends FeedOptions {
  /** Seconds from the first step until the window opens, and that it is open. */
  readonly warmup: number;
  readonly window: number;
}

export interface Flood {
  readonly stepsPerSecond: number;
  /** How long the window was open: less than was asked for when the items ran out. */
  readonly seconds: number;
  readonly stepsInWindow: number;
  /** Items that went through, before, in and after the window. */
  readonly items: number;
  readonly processes: readonly ProcessShare[];
  /** The window. */
  readonly stretch: Stretch;
}

/**
 * Keeps a system's depth of items in flight, and counts the steps that it does in a window of time. Then waits until
 * all is through.
 */
export async function flood(system: System, running: RunningSystem, options: FloodOptions): Promise<Flood> {
  const { warmup, window, signal } = options;
  const feed = startFeed(system, running, options);
  // A window that closes before its time, since the items ran out or something failed, must keep no process waiting.
  const ended = new AbortController();
  try {
    const until = { signal: AbortSignal.any([signal, ended.signal]) };
    const over = (seconds: number) =>
      Promise.race([feed.failed, feed.ranOut, pause(seconds * 1_000, undefined, until)]);
    await Promise.race([feed.failed, feed.moving]);
    await over(warmup);
    const watch = watchProcesses(running.processes());
    const [from, before] = [monotonic(), await running.progress()];
    await over(window);
    const [after, to] = [await running.progress(), monotonic()];
    const [seconds, stepsInWindow] = [(to - from) / 1_000, after.steps - before.steps];
    const processes = watch.stop(seconds, stepsInWindow);
    const items = await Promise.race([feed.failed, feed.drain()]);
    const stepsPerSecond = stepsInWindow / seconds;
    return { stepsPerSecond, seconds, stepsInWindow, items, processes, stretch: { from, to } };
  } finally {
    feed.stop();
    ended.abort();
  }
}

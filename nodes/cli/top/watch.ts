import type { EventEmitter } from "node:events";
import { BeltError } from "../../../pipeline/errors.ts";
import { lineOf } from "../failure.ts";
import { styled } from "../output.ts";
import { pictureOf } from "./picture.ts";
import { type Reading, topOf } from "./reading.ts";
import { openScreen, type Terminal } from "./screen.ts";

export interface WatchParts {
  readonly terminal: Terminal & EventEmitter;
  /** What is typed; in raw mode when it is a terminal. */
  readonly keys: Keys;
  /** Asks the node. */
  read(signal: AbortSignal): Promise<Reading>;
  /** Milliseconds between two readings. */
  readonly every: number;
  /** Ends it from outside. */
  readonly signal: AbortSignal;
}

export interface Keys extends EventEmitter {
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
  resume(): unknown;
  pause(): unknown;
}

const [ctrlC, ctrlD] = ["\u0003", "\u0004"];

/**
 * Shows how a node does until somebody types q or Ctrl-C. A node that stops answering is waited for.
 *
 * @returns whether it was ended by Ctrl-C
 * @throws {BeltError} what the node refuses, and `API_UNREACHABLE` when it does not answer at first
 */
export async function watch({ terminal, keys, read, every, signal }: WatchParts): Promise<boolean> {
  let before: Reading | undefined;
  let now = await read(signal);
  let problem: BeltError | undefined;
  const over = new AbortController();
  const ends = AbortSignal.any([signal, over.signal]);
  const screen = openScreen(terminal);

  function draw(): void {
    const { columns, rows } = terminal;
    const picture = pictureOf(topOf(now, before), { columns, rows: rows - (problem === undefined ? 0 : 1) });
    screen.show(
      problem === undefined ? picture : [styled("red", lineOf(problem).slice(0, columns)), ...picture],
    );
  }

  const typed = (bytes: Buffer | string): void => {
    const text = bytes.toString();
    if (text.includes(ctrlC)) over.abort("Ctrl-C");
    else if (/q/i.test(text) || text.includes(ctrlD)) over.abort("q");
  };
  // Whatever ends the process, the terminal is to be as it was.
  process.once("exit", screen.end);
  keys.setRawMode?.(true);
  keys.on("data", typed);
  keys.resume();
  terminal.on("resize", draw);
  try {
    draw();
    while (!(await pause(every, ends))) {
      try {
        const next = await read(ends);
        [before, now, problem] = [now, next, undefined];
      } catch (error) {
        if (ends.aborted) break;
        if (!(error instanceof BeltError) || !error.retryable) throw error;
        // The last picture stays: what the node did before it went is what one wants to see.
        problem = error;
      }
      draw();
    }
  } finally {
    terminal.off("resize", draw);
    keys.off("data", typed);
    keys.setRawMode?.(false);
    keys.pause();
    screen.end();
    process.off("exit", screen.end);
  }
  return over.signal.reason === "Ctrl-C" || signal.aborted;
}

/** Waits; gives whether it was ended before. */
function pause(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve(true);
      return;
    }
    const ended = (): void => {
      clearTimeout(timer);
      resolve(true);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", ended);
      resolve(false);
    }, milliseconds);
    signal.addEventListener("abort", ended, { once: true });
  });
}

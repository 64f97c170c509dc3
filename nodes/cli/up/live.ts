import { clearScreenDown, moveCursor } from "node:readline";
import type { Writable } from "node:stream";

/** Lines at the end of a terminal that change in place. */
export interface Live {
  /** Shows these lines instead of the last ones, though not more often than the eye follows. */
  show(lines: () => readonly string[]): void;
  /** Prints a line that stays, above them. */
  print(line: string): void;
  /** Shows the newest lines, and leaves them where they are. */
  end(): void;
}

/** Milliseconds between two pictures. */
const frame = 60;

export function createLive(terminal: Writable): Live {
  let height = 0;
  let newest: (() => readonly string[]) | undefined;
  let timer: NodeJS.Timeout | undefined;

  function clear(): void {
    if (height > 0) moveCursor(terminal, 0, -height);
    clearScreenDown(terminal);
    height = 0;
  }
  function draw(): void {
    timer = undefined;
    if (newest === undefined) return;
    const lines = newest();
    clear();
    for (const line of lines) terminal.write(`${line}\n`);
    height = lines.length;
  }
  return {
    show(lines) {
      newest = lines;
      timer ??= setTimeout(draw, frame);
    },
    print(line) {
      clear();
      terminal.write(`${line}\n`);
      draw();
    },
    end() {
      clearTimeout(timer);
      draw();
      newest = undefined;
      height = 0;
    },
  };
}

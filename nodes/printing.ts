import type { Logger } from "pino";
import type { PrintedLine } from "./stations/index.ts";

/** Milliseconds in which what a station prints is told of together: at first, and from then on. */
const window = { first: 1_000, later: 60_000 };
/** Lines of a station that are logged within the shortest of them; the rest is only counted. */
const mostLines = 100;

export interface PrintingParts {
  readonly station: string;
  /** Whether each line is logged: it may tell of a case, so the operator has to want it. */
  readonly logged: boolean;
  readonly log: Pick<Logger, "info" | "warn">;
}

/** What a station's processes print, in the node's log: as many lines as there were, or the lines themselves. */
export interface Printing {
  printed(line: PrintedLine, pid: number): void;
  close(): void;
}

export function createPrinting({ station, logged, log }: PrintingParts): Printing {
  let [given, left] = [0, 0];
  let timer: NodeJS.Timeout | undefined;

  function tell(): void {
    if (left > 0) log.info({ station, lines: left }, logged ? "station printed more" : unlogged);
    [given, left] = [0, 0];
  }

  /** What a station prints all the time is told of now and then; after a pause it is told of soon. */
  function tellIn(milliseconds: number): NodeJS.Timeout {
    return setTimeout(() => {
      timer = given + left > 0 ? tellIn(logged ? window.first : window.later) : undefined;
      tell();
    }, milliseconds).unref();
  }

  return {
    printed({ stream, text, cut }, pid) {
      timer ??= tellIn(window.first);
      if (!logged || given >= mostLines) {
        left++;
        return;
      }
      given++;
      const about = { station, pid, stream, printed: text, ...(cut > 0 ? { cut } : {}) };
      log[stream === "stderr" ? "warn" : "info"](about, "station printed");
    },
    close() {
      clearTimeout(timer);
      tell();
    },
  };
}

const unlogged =
  'station printed lines, which may tell of cases and are not logged; its setting "prints": "logged" has them here';

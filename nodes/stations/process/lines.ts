import type { Readable } from "node:stream";
import type { PrintedLine } from "./messages.ts";

/** Bytes of a line that are kept; the rest of a longer one is only counted. */
const mostBytes = 2_000;

/** Reads what a program prints line by line, whatever it is, in little memory. */
export function readLines(
  source: Readable,
  stream: PrintedLine["stream"],
  tell: (line: PrintedLine) => void,
): void {
  let kept: Buffer[] = [];
  let [have, length] = [0, 0];

  function end(): void {
    // A character may have been cut in two.
    const text = Buffer.concat(kept).toString("utf8").replace(/\r$/, "");
    tell({ stream, text: length > have ? text.replace(/\uFFFD+$/, "") : text, cut: length - have });
    kept = [];
    [have, length] = [0, 0];
  }

  source.on("data", (chunk: Buffer) => {
    for (let from = 0; from < chunk.length; ) {
      const newline = chunk.indexOf(0x0a, from);
      const to = newline < 0 ? chunk.length : newline;
      const piece = chunk.subarray(from, Math.min(to, from + mostBytes - have));
      if (piece.length > 0) kept.push(Buffer.from(piece));
      have += piece.length;
      length += to - from;
      if (newline >= 0) end();
      from = to + 1;
    }
  });
  source.once("end", () => {
    if (length > 0) end();
  });
  // What cannot be read any more is not waited for.
  source.on("error", () => {});
}

import { PassThrough } from "node:stream";
import { finished } from "node:stream/promises";
import { expect, test } from "vitest";
import { readLines } from "../../../../nodes/stations/process/lines.ts";
import type { PrintedLine } from "../../../../nodes/stations/process/messages.ts";

async function linesOf(...chunks: readonly (string | Uint8Array)[]): Promise<PrintedLine[]> {
  const lines: PrintedLine[] = [];
  const source = new PassThrough();
  readLines(source, "stdout", (line) => lines.push(line));
  for (const chunk of chunks) source.write(chunk);
  source.end();
  await finished(source);
  return lines;
}

const texts = async (...chunks: readonly (string | Uint8Array)[]) =>
  (await linesOf(...chunks)).map(({ text }) => text);

test("lines are found wherever the pieces end", async () => {
  expect(await texts("one\ntwo\r\n", "th", "ree\n\nfour", "")).toEqual(["one", "two", "three", "", "four"]);
  const bytes = Buffer.from("é\nü\n");
  expect(await texts(...[...bytes].map((byte) => Buffer.of(byte)))).toEqual(["é", "ü"]);
});

test("what is no text is a line all the same", async () => {
  expect(await texts(Buffer.of(0xff, 0x00, 0x0a))).toEqual(["\ufffd\u0000"]);
});

test("a line has 2,000 bytes at most, and says how many it had more", async () => {
  const [long, after] = await linesOf("x".repeat(1_999), "é", "y".repeat(5_000), "\nshort\n");
  expect(long).toEqual({ stream: "stdout", text: "x".repeat(1_999), cut: 5_001 });
  expect(after).toEqual({ stream: "stdout", text: "short", cut: 0 });
});

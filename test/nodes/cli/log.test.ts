import { expect, it } from "vitest";
import { createLog } from "../../../nodes/cli/log.ts";
import { BeltError } from "../../../pipeline/errors.ts";

function logged(isTTY: boolean) {
  const lines: string[] = [];
  const log = createLog("info", { isTTY, write: (text) => void lines.push(text) });
  log.info({ url: "http://x", size: 2 }, "The node is up.");
  log.error({ err: new BeltError("OVERLOADED", "Busy \u001b[31mnow.") }, "cannot\nanchor");
  log.debug("not shown");
  return lines;
}

it("is JSON where nobody reads it at a terminal", () => {
  const [first, second, ...more] = logged(false).map((line): unknown => JSON.parse(line));
  expect(first).toEqual({
    level: 30,
    time: expect.stringMatching(/Z$/),
    url: "http://x",
    size: 2,
    msg: "The node is up.",
  });
  expect(second).toMatchObject({ level: 50, err: { code: "OVERLOADED", message: "Busy \u001b[31mnow." } });
  expect(more).toEqual([]);
});

it("is lines for a person at a terminal, whatever is in them", () => {
  const lines = logged(true).map((line) => line.replace(/^[\d:]+ /, ""));
  expect(lines).toEqual([
    "info  The node is up.  url=http://x  size=2\n",
    "error cannot anchor  OVERLOADED: Busy now.\n",
  ]);
});

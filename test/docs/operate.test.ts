import { readFile } from "node:fs/promises";
import { beforeAll, expect, it } from "vitest";
import { exitCodes } from "../../nodes/cli/exitCodes.ts";
import { loadConfig } from "../../nodes/config.ts";
import { flagOf, settings, variableOf } from "../../nodes/settings.ts";
import { commonSettings } from "../../nodes/stations/index.ts";
import { temporaryFolder } from "../support/folder.ts";

let page: string;
beforeAll(async () => {
  page = await readFile(new URL("../../docs/operate.md", import.meta.url), "utf8");
});

/** The rows of the table under a heading, without what is code. */
function rowsUnder(heading: string): readonly (readonly string[])[] {
  const [, part = ""] = page.split(`\n## ${heading}\n`);
  const [own = ""] = part.split("\n## ");
  const rows = own.split("\n").filter((line) => line.startsWith("| "));
  return rows.slice(1).map((row) =>
    row
      .slice(2, -2)
      .split(" | ")
      .map((cell) => cell.replaceAll("`", "").trim()),
  );
}

it("names every setting with its variable, its flag and its default", async () => {
  const ledger = { "ledger.url": "http://127.0.0.1:1", "ledger.directory": `0x${"0".repeat(40)}` };
  const flags = { name: "acme", ...ledger };
  const { config } = await loadConfig({ folder: await temporaryFolder(), env: {}, flags });
  const rows = rowsUnder("Configuration");
  expect(rows.map(([path, variable, flag]) => [path, variable, flag])).toEqual(
    settings.map(({ path }) => [path, variableOf(path), flagOf(path)]),
  );
  for (const [path = "", , , shown = ""] of rows) {
    // The others have none, or one that depends on the rest.
    if (!/^(?:listen|api|log|limits)\./.test(path)) continue;
    const value: unknown = path.split(".").reduce<unknown>((at, part) => Object(at)[part], config);
    expect(shown, path).toBe(String(value));
  }
});

it("names what every station has among its settings, with its default", () => {
  const rows = rowsUnder("Stations");
  expect(rows.map(([name]) => name)).toEqual([
    "timeoutMs",
    "attempts",
    "quarantineMs",
    "isolated",
    "prints",
    "memoryMb",
    "processes",
  ]);
  const { isolated: _, ...defaults } = { isolated: undefined, ...commonSettings({}) };
  const shown = rows
    .filter(([name]) => name !== "isolated")
    .map(([name, value]) => [name, JSON.parse(value ?? "")]);
  expect(Object.fromEntries(shown)).toEqual(defaults);
});

it("names every exit code with what it means", () => {
  expect(rowsUnder("Exit codes").map(([code, meaning]) => [Number(code), meaning])).toEqual(
    Object.entries(exitCodes).map(([code, meaning]) => [Number(code), meaning]),
  );
});

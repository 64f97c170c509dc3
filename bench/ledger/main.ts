import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { measure } from "./measure.ts";
import { tables } from "./table.ts";

/** Measures gas beside the naive contract, and writes the page's tables; with --check it only compares them. */
const page = new URL("../../docs/benchmarks/gas.md", import.meta.url);
const { check } = parseArgs({ options: { check: { type: "boolean", default: false } } }).values;

const [begin, end] = ["<!-- measured -->\n", "<!-- end -->"];
const text = await readFile(page, "utf8");
const [from, to] = [text.indexOf(begin) + begin.length, text.indexOf(end)];
if (from < begin.length || to < from) throw new Error("docs/benchmarks/gas.md has no place for the tables.");
const measured = tables(await measure());
console.log(measured);
if (!check) await writeFile(page, `${text.slice(0, from)}\n${measured}\n\n${text.slice(to)}`);
else if (text.slice(from, to).trim() !== measured) {
  console.error("docs/benchmarks/gas.md says something else: run npm run bench:gas.");
  process.exitCode = 1;
}

/**
 * Says which branches of the contracts their tests in TypeScript take: `npm run coverage`.
 *
 * In a copy of the project every condition of an `if` or `?:` tells what it came out as, on the chain's console. Fails
 * when the tests take less than 95 % of all branches.
 */
import solc from "solc";
import { z } from "zod";
import { contractTests, copyContracts, vitest } from "./contractsCopy.ts";

interface Condition {
  readonly number: number;
  readonly file: string;
  readonly line: number;
}

const least = 95;

/** What a condition is wrapped in: a call of the console with a word of its own, which views can make as well. */
const marks = `// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {console} from "hardhat/console.sol";

function met(uint256 condition, bool outcome) view returns (bool) {
    console.log("branch %s is %s", condition, outcome);
    return outcome;
}
`;

const Ranged = z.looseObject({ nodeType: z.string(), src: z.string() });
const Choice = Ranged.extend({ condition: Ranged });
const Output = z.object({ sources: z.record(z.string(), z.object({ ast: z.unknown() })) });

const copy = await copyContracts();
try {
  const conditions: Condition[] = [];
  for (const file of copy.sources) {
    const source = await copy.read(file);
    const marked = mark(source, file, conditions);
    if (marked !== source) await copy.write(file, marked);
  }
  await copy.write("contracts/Marks.sol", marks);
  await copy.build();
  const { code, text } = await copy.run([vitest, "run", ...contractTests]);
  if (code !== 0) throw new Error(`The tests fail:\n${text.slice(-10_000)}`);
  report(conditions, new Set(text.match(/branch \d+ is (?:true|false)/g)));
} finally {
  await copy.remove();
}

/** Wraps every condition of a file. */
function mark(source: string, file: string, conditions: Condition[]): string {
  const bytes = Buffer.from(source);
  const inserted: { readonly at: number; readonly text: string }[] = [];
  for (const node of nodesOf(syntaxOf(file, source))) {
    const { success, data } = Choice.safeParse(node);
    if (!success || !["IfStatement", "Conditional"].includes(data.nodeType)) continue;
    const [start = 0, length = 0] = data.condition.src.split(":").map(Number);
    const number = conditions.length + 1;
    conditions.push({ number, file, line: bytes.subarray(0, start).toString().split("\n").length });
    inserted.push({ at: start, text: `met(${number}, ` }, { at: start + length, text: ")" });
  }
  if (inserted.length === 0) return source;
  let [text, done] = ["", 0];
  for (const { at, text: added } of inserted.toSorted((one, other) => one.at - other.at)) {
    text += bytes.subarray(done, at).toString() + added;
    done = at;
  }
  text += bytes.subarray(done).toString();
  const up = "../".repeat(file.split("/").length - 2) || "./";
  return (
    text
      .replace(/^(pragma .*;)$/m, `$1\n\nimport {met} from "${up}Marks.sol";`)
      // A pure function may not call the console.
      .replaceAll(/\bpure\b(?=[^;{]*\{)/g, "view")
  );
}

function nodesOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(nodesOf);
  if (typeof value !== "object" || value === null) return [];
  return [value, ...Object.values(value).flatMap(nodesOf)];
}

/** How the compiler reads a file, which it does without what the file imports. */
function syntaxOf(file: string, content: string): unknown {
  const input = {
    language: "Solidity",
    sources: { [file]: { content } },
    settings: { stopAfter: "parsing", outputSelection: { "*": { "": ["ast"] } } },
  };
  return Output.parse(JSON.parse(solc.compile(JSON.stringify(input)))).sources[file]?.ast;
}

function report(conditions: readonly Condition[], taken: ReadonlySet<string>): void {
  const isTaken = ({ number }: Condition, outcome: boolean) => taken.has(`branch ${number} is ${outcome}`);
  let all = 0;
  for (const [file, own] of Map.groupBy(conditions, (condition) => condition.file)) {
    const branches = own.flatMap((condition) => [true, false].map((outcome) => ({ condition, outcome })));
    const missed = branches.filter(({ condition, outcome }) => !isTaken(condition, outcome));
    all += branches.length - missed.length;
    console.log(`${file}: ${branches.length - missed.length} of ${branches.length} branches`);
    for (const { condition, outcome } of missed) console.log(`  line ${condition.line} is never ${outcome}`);
  }
  const percent = (100 * all) / (2 * conditions.length);
  console.log(`All: ${all} of ${2 * conditions.length} branches, ${percent.toFixed(1)} %.`);
  if (percent < least) process.exitCode = 1;
}

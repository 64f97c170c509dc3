/**
 * Proves what is written in test/contracts/proofs: `npm run smt [CONTRACT…]`.
 *
 * The compiler's model checker (SMTChecker, with the solver that the compiler brings along) must prove every assertion
 * there, and that no operation on the way overflows, underflows or divides by zero: for every input, not for some. What it
 * can neither prove nor refute fails as well.
 */
import { existsSync, readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import solc from "solc";
import { z } from "zod";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = "test/contracts/proofs";

/**
 * The engine is CHC, which knows states and calls; but it does not see through a product that a function gives. BMC puts
 * functions where they are called. Without loops and state, as here, what it proves holds for every input as well.
 */
const engines = new Map([["SharesProof", "bmc"]]);

const Output = z.object({
  errors: z
    .array(
      z.object({
        severity: z.string(),
        message: z.string(),
        errorCode: z.string().optional(),
        sourceLocation: z.object({ file: z.string(), start: z.int(), end: z.int() }).optional(),
      }),
    )
    .default([]),
});

const asked = process.argv.slice(2);
const contracts = (await readdir(join(root, folder)))
  .map((file) => file.replace(/\.sol$/, ""))
  .filter((name) => asked.length === 0 || asked.includes(name));
if (contracts.length === 0) throw new Error(`There is no such contract in ${folder}.`);
let open = 0;
for (const name of contracts) open += await prove(name);
if (open > 0) process.exitCode = 1;

/** Says what is proved of one contract, and gives the number of what is not. */
async function prove(name: string): Promise<number> {
  const file = `${folder}/${name}.sol`;
  const engine = engines.get(name) ?? "chc";
  const begun = performance.now();
  const input = {
    language: "Solidity",
    sources: { [file]: { content: await readFile(join(root, file), "utf8") } },
    settings: {
      modelChecker: {
        engine,
        solvers: ["z3"],
        contracts: { [file]: [name] },
        targets: ["assert", "overflow", "underflow", "divByZero"],
        showProvedSafe: true,
        showUnproved: true,
      },
      outputSelection: { "*": { "*": ["abi"] } },
    },
  };
  const read = (path: string) => sourceOf(path) ?? { error: `There is no ${path}.` };
  const { errors } = Output.parse(JSON.parse(solc.compile(JSON.stringify(input), { import: read })));
  const [proved, failed]: [string[], string[]] = [[], []];
  for (const { severity, message, sourceLocation } of errors) {
    const [sentence = ""] = message.split("\n");
    // That the compiler means to drop BMC changes no proof.
    if (sentence.startsWith("The BMC engine of the SMTChecker is deprecated")) continue;
    const what = textAt(sourceLocation);
    if (severity === "info" && sentence.endsWith("check is safe!")) proved.push(what);
    else failed.push(`${sentence} ${what}`);
  }
  const seconds = Math.round((performance.now() - begun) / 1_000);
  const assertions = proved.filter((what) => what.startsWith("assert(")).length;
  const rest = proved.length - assertions;
  console.log(
    `${name}: ${assertions} assertions proved by ${engine.toUpperCase()}, and ${rest} operations safe (${seconds} s)`,
  );
  for (const what of proved) if (what.startsWith("assert(")) console.log(`  ✔ ${what}`);
  for (const what of failed) console.error(`  ✘ ${what}`);
  // Nothing to prove is a mistake, not a proof.
  return failed.length + (assertions === 0 ? 1 : 0);
}

/** What the checker speaks of, on one line. */
function textAt(
  place: { readonly file: string; readonly start: number; readonly end: number } | undefined,
): string {
  if (place === undefined) return "";
  const bytes = Buffer.from(sourceOf(place.file)?.contents ?? "").subarray(place.start, place.end);
  return bytes.toString("utf8").replaceAll(/\s+/g, " ");
}

function sourceOf(path: string): { readonly contents: string } | undefined {
  const place = [join(root, path), join(root, "node_modules", path)].find(existsSync);
  return place === undefined ? undefined : { contents: readFileSync(place, "utf8") };
}

/**
 * Breaks every guard of the contracts once, and looks whether a test notices: `npm run guards`.
 *
 * A guard is a `revert`. In a copy of the project each is put behind a switch of its own, so that all of them are
 * compiled once; then the tests that name the guard's error run with that guard switched off, and must fail. Those that
 * none of them notices are left to the tests in Solidity. What survives is printed, and the exit code is 1.
 */
import { contractTests, copyContracts, vitest } from "./contractsCopy.ts";

interface Guard {
  /** Which switch it has, from 1. */
  readonly number: number;
  /** File and line. */
  readonly place: string;
  readonly error: string;
}

/** What the contracts ask whether a guard holds. */
const switches = (condition: string): string => `// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

function holds(uint160 guard) view returns (bool) {
    return ${condition};
}
`;
/** Whether there is code at the guard's address, which a test's chain can be given. */
const byCode = switches("address(0xb00000 + guard).code.length == 0");

const copy = await copyContracts();
try {
  const guards: Guard[] = [];
  for (const file of copy.sources) {
    const source = await copy.read(file);
    const switched = switchAll(source, file, guards);
    if (switched !== source) await copy.write(file, switched);
  }
  await copy.write("contracts/Guards.sol", byCode);
  await copy.replace(
    "test/contracts/fixture.ts",
    "const connection = await network.create();",
    `const connection = await network.create();
    const broken = process.env["BROKEN_GUARD"];
    if (broken !== undefined) {
      const address = "0x" + (0xb00000 + Number(broken)).toString(16).padStart(40, "0");
      await connection.provider.request({ method: "hardhat_setCode", params: [address, "0x01"] });
    }`,
  );
  if (!(await passesInSolidity()) || !(await passes(contractTests))) {
    throw new Error("The tests fail though no guard is broken.");
  }
  let survivors = 0;
  for (const guard of guards) {
    const noticed = await isNoticed(guard);
    if (!noticed) survivors++;
    console.log(`${noticed ? "noticed " : "SURVIVED"}  ${guard.place}  ${guard.error}`);
  }
  console.log(`${guards.length} guards were broken; ${guards.length - survivors} were noticed.`);
  if (survivors > 0) process.exitCode = 1;
} finally {
  await copy.remove();
}

/** Puts every revert of a file behind a switch. */
function switchAll(source: string, file: string, guards: Guard[]): string {
  let found = false;
  const lines = source.split("\n").map((line, place) => {
    const [, error] = line.match(/\brevert (?:\w+\.)?(\w+)\(/) ?? [];
    if (error === undefined || line.trimStart().startsWith("///")) return line;
    const number = guards.length + 1;
    guards.push({ number, place: `${file}:${place + 1}`, error });
    found = true;
    return line.replace(/\brevert (.*;)$/, `{ if (holds(${number})) revert $1 }`);
  });
  if (!found) return source;
  const up = "../".repeat(file.split("/").length - 2) || "./";
  return (
    lines
      .join("\n")
      .replace(/^(pragma .*;)$/m, `$1\n\nimport {holds} from "${up}Guards.sol";`)
      // A guard looks at its switch, which a pure function may not.
      .replaceAll(/\bpure\b(?=[^;{]*\{)/g, "view")
  );
}

async function isNoticed(guard: Guard): Promise<boolean> {
  const named: string[] = [];
  for (const file of await copy.find("test/contracts/*.test.ts")) {
    if (file.endsWith("gas.test.ts")) continue;
    if (new RegExp(`\\b${guard.error}\\b`).test(await copy.read(file))) named.push(file);
  }
  if (named.length > 0 && !(await passes(named, guard))) return true;
  // Who may call what is in one test for all contracts, which names its errors elsewhere.
  if (!(await passes(["test/contracts/AccessMatrix.test.ts"], guard))) return true;
  return !(await passesInSolidity(guard));
}

async function passes(tests: readonly string[], guard?: Guard): Promise<boolean> {
  const env = guard === undefined ? {} : { BROKEN_GUARD: String(guard.number) };
  const { code } = await copy.run([vitest, "run", "--bail", "1", ...tests], {
    env,
    shown: guard === undefined,
  });
  return code === 0;
}

/** The Solidity tests have a chain of their own: they are compiled with the guard switched off, and then as before. */
async function passesInSolidity(guard?: Guard): Promise<boolean> {
  await copy.write("contracts/Guards.sol", switches(`guard != ${guard?.number ?? 0} && gasleft() > 0`));
  const { code } = await copy.run(["scripts/contracts.ts", "test"], { shown: guard === undefined });
  await copy.write("contracts/Guards.sol", byCode);
  await copy.build();
  return code === 0;
}

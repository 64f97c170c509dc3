import { type StdioOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, glob, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** A copy of the project in a temporary folder, in which the contracts can be changed and tested. */
export interface ContractsCopy {
  /** The contracts' files, in their order; paths from the copy's root. */
  readonly sources: readonly string[];
  /** The files that a pattern matches. */
  find(pattern: string): Promise<string[]>;
  read(file: string): Promise<string>;
  write(file: string, text: string): Promise<void>;
  /** Replaces what stands once in a file. */
  replace(file: string, what: string, by: string): Promise<void>;
  /** Compiles the contracts and generates their types. */
  build(): Promise<void>;
  /** Runs a program of Node in the copy; its exit code, and what it printed unless that was shown. */
  run(
    args: readonly string[],
    options?: RunOptions,
  ): Promise<{ readonly code: number | null; readonly text: string }>;
  /** Removes the copy. */
  remove(): Promise<void>;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Whether what it prints is shown instead of kept. */
  readonly shown?: boolean;
}

const root = fileURLToPath(new URL("..", import.meta.url));
const copied = [
  ...["contracts", "nodes", "pipeline", "test/contracts", "test/support", "test/pipeline/index"],
  ...["scripts/contracts.ts", "scripts/require-node.js", "bench/ledger"],
  ...["hardhat.config.ts", "package.json", "tsconfig.json", "vitest.config.ts"],
];

/** The tests of the contracts in TypeScript but those of gas, which every change of the contracts changes. */
export const contractTests = ["test/contracts", "--exclude", "**/gas.test.ts"];

/** The program that runs tests in TypeScript. */
export const vitest = join("node_modules", "vitest", "vitest.mjs");

export async function copyContracts(): Promise<ContractsCopy> {
  const folder = await mkdtemp(join(tmpdir(), "belt-contracts-"));
  for (const name of copied) await cp(join(root, name), join(folder, name), { recursive: true });
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  const find = (pattern: string): Promise<string[]> => Array.fromAsync(glob(pattern, { cwd: folder }));
  const read = (file: string): Promise<string> => readFile(join(folder, file), "utf8");
  const write = (file: string, text: string): Promise<void> => writeFile(join(folder, file), text);

  const copy: ContractsCopy = {
    sources: (await find("contracts/**/*.sol")).toSorted(),
    find,
    read,
    write,
    async replace(file, what, by) {
      const text = await read(file);
      if (!text.includes(what)) throw new Error(`${file} has changed: adapt what changes its copy.`);
      await write(file, text.replace(what, by));
    },
    async build() {
      const { code, text } = await copy.run(["scripts/contracts.ts", "build"]);
      if (code !== 0) throw new Error(`The changed contracts do not compile:\n${text}`);
    },
    async run(args, { env = {}, shown = false } = {}) {
      const stdio: StdioOptions = shown ? ["ignore", 2, 2] : ["ignore", "pipe", "pipe"];
      const child = spawn(process.execPath, args, { cwd: folder, env: { ...process.env, ...env }, stdio });
      let text = "";
      for (const stream of [child.stdout, child.stderr])
        stream?.on("data", (bytes) => (text += String(bytes)));
      await once(child, "close");
      return { code: child.exitCode, text };
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
  // What is added to the contracts makes them larger than a ledger takes.
  await copy.replace(
    "hardhat.config.ts",
    'hardfork: "cancun",',
    'hardfork: "cancun", allowUnlimitedContractSize: true,',
  );
  return copy;
}

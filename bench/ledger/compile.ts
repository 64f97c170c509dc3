import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { z } from "zod";

const require = createRequire(import.meta.url);

/** A contract of this folder, ready to be deployed. */
export interface Compiled {
  readonly abi: string;
  readonly bytecode: string;
}

type Compile = (
  input: string,
  callbacks: { readonly import: (path: string) => { readonly contents: string } },
) => string;
const Solc = z.object({ compile: z.custom<Compile>((value) => typeof value === "function") });

const Output = z.object({
  errors: z.array(z.object({ severity: z.string(), formattedMessage: z.string() })).default([]),
  contracts: z
    .record(
      z.string(),
      z.record(
        z.string(),
        z.object({
          abi: z.array(z.unknown()),
          evm: z.object({ bytecode: z.object({ object: z.string() }) }),
        }),
      ),
    )
    .default({}),
});

/**
 * Compiles contracts of this folder, with the compiler and the settings of the project's own.
 *
 * @returns gives each of them by its name
 */
export function compile(names: readonly string[]): (name: string) => Compiled {
  const files = names.map((name) => `${name}.sol`);
  const content = (file: string) => readFileSync(new URL(file, import.meta.url), "utf8");
  const input = {
    language: "Solidity",
    sources: Object.fromEntries(files.map((file) => [file, { content: content(file) }])),
    settings: {
      evmVersion: "cancun",
      optimizer: { enabled: true, runs: 10_000 },
      outputSelection: { "*": { "*": ["abi", "evm.bytecode.object"] } },
    },
  };
  const solc = Solc.parse(require("solc"));
  const findImport = (path: string) => ({ contents: readFileSync(require.resolve(path), "utf8") });
  const { errors, contracts } = Output.parse(
    JSON.parse(solc.compile(JSON.stringify(input), { import: findImport })),
  );
  const failed = errors.filter(({ severity }) => severity === "error");
  if (failed.length > 0) throw new Error(failed.map(({ formattedMessage }) => formattedMessage).join("\n"));
  return (name) => {
    const found = contracts[`${name}.sol`]?.[name];
    if (found === undefined) throw new Error(`${name}.sol has no contract ${name}.`);
    return { abi: JSON.stringify(found.abi), bytecode: `0x${found.evm.bytecode.object}` };
  };
}

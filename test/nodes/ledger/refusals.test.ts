import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type ErrorFragment, Interface, type ParamType } from "ethers";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { refusalKey, refusalOf, refusalTables } from "../../../nodes/ledger/refusals/index.ts";
import { decodeRevert, LedgerRevert } from "../../../nodes/ledger/revert.ts";
import { catalogue } from "../../../pipeline/errors.ts";

const Artifact = z.object({ contractName: z.string(), abi: z.array(z.unknown()) });

/** The interfaces of everything that was compiled for the ledger, by the contract's name. */
function compiled(): ReadonlyMap<string, Interface> {
  const folder = fileURLToPath(new URL("../../../artifacts", import.meta.url));
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (file) => /\.sol\/\w+\.json$/.test(file) && !file.startsWith("build-info"),
  );
  const artifacts = files.map((file) =>
    Artifact.parse(JSON.parse(readFileSync(`${folder}/${file}`, "utf8"))),
  );
  return new Map(
    artifacts.map(({ contractName, abi }) => [contractName, Interface.from(JSON.stringify(abi))]),
  );
}

interface Known {
  readonly contract: string;
  readonly fragment: ErrorFragment;
  readonly encode: () => string;
}

/** Every custom error of every contract, once a selector. */
const errors: readonly Known[] = (() => {
  const found = new Map<string, Known>();
  for (const [contract, known] of compiled()) {
    known.forEachError((fragment) => {
      const encode = () => known.encodeErrorResult(fragment, fragment.inputs.map(sampleOf));
      if (!found.has(fragment.selector)) found.set(fragment.selector, { contract, fragment, encode });
    });
  }
  return [...found.values()];
})();

/** A value of a parameter's type, which can be told from others in a sentence. */
function sampleOf({ type, baseType, components }: ParamType): unknown {
  if (baseType === "array") return [];
  if (components) return components.map(sampleOf);
  if (type === "address") return `0x${"ab".repeat(20)}`;
  if (type === "bool") return true;
  if (type === "string") return "text";
  if (type === "bytes") return "0x12";
  const [, bytes] = /^bytes(\d+)$/.exec(type) ?? [];
  return bytes === undefined ? 7n : `0x${"cd".repeat(Number(bytes))}`;
}

const placeholders = (says: string): string[] => [...says.matchAll(/\{(\w+)/g)].map(([, name = ""]) => name);

describe("every custom error of every contract", () => {
  it("can be told from what a contract reverted with", () => {
    const missed = errors.filter(({ fragment, encode }) => decodeRevert(encode()).error !== fragment.name);
    expect(
      missed.map(({ contract, fragment }) => `${contract}: ${fragment.format("sighash")}`),
      "Add the contract to `interfaces` in nodes/ledger/contracts.ts.",
    ).toEqual([]);
  });

  it("has its words", () => {
    const missed = errors.flatMap(({ contract, encode }) => {
      const revert = decodeRevert(encode());
      return refusalOf(revert) ? [] : [`"${refusalKey(revert)}" of ${contract}`];
    });
    expect(
      missed,
      "Add an entry with this key to a table in nodes/ledger/refusals/: what it means and what to do.",
    ).toEqual([]);
  });

  it("is said in one sentence with its parameters, and never by its name", () => {
    for (const { fragment, encode } of errors) {
      const revert = decodeRevert(encode());
      const { message, code, remedy } = new LedgerRevert("try", revert);
      expect(message).toMatch(/^The ledger refuses to try: [^\n{}]+[^.]\.$/);
      expect(message).not.toMatch(/undefined|execution reverted/);
      expect(message).not.toContain(fragment.name);
      expect(remedy).toMatch(/^[A-Z].*\.$/);
      expect(Object.keys(catalogue)).toContain(code);
    }
  });
});

describe("the tables of refusals", () => {
  const entries = refusalTables.flatMap((table) => Object.entries(table));

  it("have every error once, and none that no contract has", () => {
    const keys = entries.map(([key]) => key);
    expect(new Set(keys).size).toBe(keys.length);
    const decoded = new Set(errors.map(({ encode }) => refusalKey(decodeRevert(encode()))));
    // These two are Solidity's own.
    expect(keys.filter((key) => !decoded.has(key))).toEqual(["Error(0)", "Panic(0)"]);
  });

  it("name parameters that the error has", () => {
    for (const [key, { says }] of entries) {
      const [, list = ""] = /\((.*)\)$/.exec(key) ?? [];
      const parameters = list.split(",");
      expect(
        placeholders(says).filter((name) => !parameters.includes(name)),
        key,
      ).toEqual([]);
    }
  });
});

import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { type DatabaseSync as Database, DatabaseSync } from "node:sqlite";
import { defineStation, Unprocessable, type WorkContext } from "../../../nodes/index.ts";

interface Input {
  do: string;
  n?: number;
  file?: string;
  owner?: string;
}

const kept: unknown[] = [];
let database: Database | undefined;

/** What a processor can do wrong, by name. */
const ways: Record<string, (input: Input, context: WorkContext) => object | Promise<object>> = {
  right: ({ n = 0 }) => ({ twice: 2 * n }),
  later: async ({ n = 0 }) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return { twice: 2 * n };
  },
  attempt: (_input, { attempt }) => ({ twice: attempt }),
  pid: () => ({ twice: process.pid }),
  environment: () => ({
    twice: Object.keys(process.env).filter((name) => name === "BELT_PASSPHRASE").length,
  }),
  mayUse: async ({ owner = "" }, { mayUse }) => ({
    twice: (await mayUse({ owner, source: "register", purpose: "test" })) ? 1 : 0,
  }),
  unprocessable: () => {
    throw new Unprocessable("The register does not know the person.");
  },
  throw: () => {
    throw new Error("The machine is broken for this one.");
  },
  undescribed: () => ({ twice: 2, salary: 1 }),
  notJson: () => ({ twice: 2n }),
  never: () => new Promise(() => {}),
  loop: () => {
    for (;;);
  },
  loopLater: async () => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    for (;;);
  },
  /** Counts without an end within one call of native code, which no script can interrupt. */
  query: () => {
    database ??= new DatabaseSync(":memory:");
    const numbers = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t)";
    return { twice: Number(database.prepare(`${numbers} SELECT count(*) AS c FROM t`).get()?.["c"]) };
  },
  exit: () => process.exit(0),
  print: ({ n = 0 }) => {
    console.log(`Case ${n}.`);
    console.error("Careful!");
    return { twice: 2 * n };
  },
  /** Leaves a program behind that keeps its standard output open. */
  leave: ({ file = "" }) => {
    const { pid } = spawn("sleep", ["60"], { stdio: "inherit", detached: true });
    writeFileSync(file, `${process.pid} ${pid}`);
    process.exit(0);
  },
  abort: () => process.abort(),
  crashLater: async ({ n }) => {
    setTimeout(() => {
      throw new Error(`There is no person ${n}.`);
    }, 1);
    return new Promise(() => {});
  },
  /** An array of numbers that is doubled in size ends a whole process at once, whatever thread it is in. */
  numbers: () => {
    const numbers: number[] = [];
    for (;;) numbers.push(1.5);
  },
  /** Memory outside the heap, which no limit of the heap sees. */
  buffers: async () => {
    for (;;) {
      kept.push(Buffer.alloc(16 * 1024 * 1024, 1));
      await new Promise((resolve) => setImmediate(resolve));
    }
  },
  child: ({ file = "" }) => {
    const { pid } = spawn("sleep", ["600"], { stdio: "ignore" });
    writeFileSync(file, `${process.pid} ${pid}`);
    for (;;);
  },
};

/** A station that does what its case says: good work, or what would stop a node that it worked in. */
export default defineStation<Input, object>({
  name: "misbehaving",
  version: "1.0.0",
  input: {
    type: "object",
    properties: {
      do: { type: "string" },
      n: { type: "number" },
      file: { type: "string" },
      owner: { type: "string" },
    },
    required: ["do"],
  },
  output: { type: "object", properties: { twice: { type: "number" } }, required: ["twice"] },
  process(input, context) {
    const way = ways[input.do];
    if (way === undefined) throw new Unprocessable("Nobody knows how to do that.");
    return way(input, context);
  },
});

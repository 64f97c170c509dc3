import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const face = new URL("../../../nodes/stations/index.ts", import.meta.url).href;
const program = new URL("loadStation.ts", import.meta.url).pathname;

const load = promisify(execFile);

interface Answer {
  readonly kind?: string;
  readonly offer?: unknown;
  readonly code?: string;
  readonly message?: string;
  readonly at?: string;
}

const define = (kind: string): string =>
  `import { ${kind} } from ${JSON.stringify(face)};\nexport default ${kind}`;
const good = `{
  name: "greeting", version: "1.0.0", title: { en: "Greeting", nl: "Groet" },
  input: { type: "object", properties: { name: { type: "string" } }, required: ["name"] },
  output: { type: "object", properties: { text: { type: "string" } }, required: ["text"] },
  process: (input) => ({ text: "Hello " + input.name }),
}`;
const but = (change: string): string => `${define("defineStation")}({ ...${good}, ${change} });`;
const http = `${define("defineHttpStation")}({ ...${good}, request: () => ({ path: "/" }) });`;

const typescript = `import { defineStation } from ${JSON.stringify(face)};
  interface Input { name: string }
  export default defineStation({
    name: "greeting", version: "1.0.0",
    input: { type: "object", properties: { name: { type: "string" } }, required: ["name"] },
    output: { type: "object", properties: { text: { type: "string" } }, required: ["text"] },
    process: (input: Input): { text: string } => ({ text: "Hello " + input.name }),
  });`;

interface Wrong {
  readonly name: string;
  readonly file: string;
  /** Undefined: the file is not there. */
  readonly text: string | undefined;
  /** What the sentence must say. */
  readonly says: string;
}

const syntax = "export default {\n  name: 'a'\n  version: 'b',\n};";
const wrong: readonly Wrong[] = [
  { name: "a missing file", file: "none.js", text: undefined, says: "cannot be read: is the name right?" },
  { name: "an error of syntax", file: "syntax.js", text: syntax, says: "syntax.js:3: Unexpected identifier" },
  { name: "an error of TypeScript's syntax", file: "syntax.ts", text: syntax, says: "syntax.ts:3: Expected" },
  { name: "TypeScript that Node cannot run", file: "enum.ts", text: "export enum A { B }", says: "enum" },
  {
    name: "an import that is not there",
    file: "import.js",
    text: 'import "./nowhere.js";',
    says: "nowhere.js",
  },
  {
    name: "an error when it runs",
    file: "throws.js",
    text: 'throw new Error("No luck.");',
    says: "No luck.",
  },
  {
    name: "no default export",
    file: "no-default.js",
    text: "export const a = 1;",
    says: "no default export",
  },
  { name: "another default export", file: "other.js", text: "export default 1;", says: "not a station" },
  { name: "a bare definition", file: "bare.js", text: `export default ${good};`, says: "/kind" },
  { name: "no function", file: "work.js", text: 'export default { kind: "sql" };', says: "/work" },
  { name: "another name", file: "name.js", text: but('name: "No Spaces"'), says: "/offer" },
  { name: "another version", file: "version.js", text: but('version: "v 1"'), says: "/version" },
  { name: "another input", file: "input.js", text: but('input: "text"'), says: "/input" },
  { name: "a missing output", file: "output.js", text: but("output: undefined"), says: "/output" },
  {
    name: "TypeScript among installed packages",
    file: "node_modules/partner/station.ts",
    text: typescript,
    says: "node_modules",
  },
];

let folder: string;
let right: Answer[];
let answers: Answer[];
beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "stations-")));
  const write = (file: string, text: string): string => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
    return join(folder, file);
  };
  const wanted = [
    [write("greeting.ts", typescript), {}],
    [write("greeting.js", `${define("defineStation")}(${good});`), {}],
    [join(folder, "greeting.js"), { timeoutMs: 0 }],
    [write("http.js", http), {}],
    [join(folder, "http.js"), { url: "http://127.0.0.1:1" }],
    ...wrong.map(({ file, text }) => [text === undefined ? join(folder, file) : write(file, text), {}]),
  ];
  const { stdout } = await load(process.execPath, [program, JSON.stringify(wanted)]);
  const all: Answer[] = JSON.parse(stdout);
  right = all.slice(0, wanted.length - wrong.length);
  answers = all.slice(right.length);
});
afterAll(() => rmSync(folder, { recursive: true }));

test("a TypeScript file is a station, and its offer says what it takes and gives", () => {
  expect(right[0]).toEqual({
    kind: "function",
    offer: {
      offer: "greeting",
      version: "1.0.0",
      title: { en: "greeting" },
      input: { type: "object", properties: { name: { type: "string" } }, required: ["name"] },
      output: { type: "object", properties: { text: { type: "string" } }, required: ["text"] },
    },
  });
});

test("a JavaScript file will do as well", () => {
  expect(right[1]).toMatchObject({ kind: "function", offer: { title: { en: "Greeting", nl: "Groet" } } });
});

test("settings are checked as the station's kind asks, before the first case", () => {
  expect(right[2]).toMatchObject({ code: "STATION_SETTINGS_INVALID", at: "/timeoutMs" });
  expect(right[3]).toMatchObject({ code: "STATION_SETTINGS_INVALID", at: "/url" });
  expect(right[3]?.message).toContain(join(folder, "http.js"));
  expect(right[4]).toMatchObject({ kind: "http" });
});

describe("what is wrong is said in one sentence, with the file", () => {
  test.each(wrong.map((each, index) => ({ ...each, index })))("$name", ({ file, says, index }) => {
    const answer = answers[index];
    expect(answer).toMatchObject({ code: "STATION_INVALID" });
    expect(answer?.message).toContain(join(folder, file));
    expect(answer?.message).toContain(says);
    expect(answer?.message).not.toContain("\n");
  });
});

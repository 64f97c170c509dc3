import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { duration } from "../../../nodes/cli/command.ts";
import { failureOf } from "../../../nodes/cli/failure.ts";
import { parseCases } from "../../../nodes/cli/input.ts";
import { printable } from "../../../nodes/cli/output.ts";
import { createIdentity } from "../../../nodes/identity.ts";
import { errorLine, run } from "../../support/command.ts";
import { runHere } from "../../support/commandHere.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { belt } from "../../support/memoryNode.ts";

const good = { name: "acme", ledger: { url: "http://127.0.0.1:9", directory: `0x${"d1".repeat(20)}` } };
const template = { ...belt.document, stations: { greet: { offer: "greet", needs: {} } } };
const required = [
  "--name",
  "acme",
  "--ledger-url",
  "http://127.0.0.1:9",
  "--ledger-directory",
  good.ledger.directory,
];

describe("bad input is named by code and place, and nothing is done", () => {
  const rows: readonly {
    what: string;
    args: readonly string[];
    files?: Record<string, unknown>;
    env?: Record<string, string>;
    exit: number;
    code: string;
    at?: string;
  }[] = [
    { what: "an unknown command", args: ["serv"], exit: 2, code: "USAGE_INVALID" },
    { what: "an unknown option", args: ["serve", "--prot", "1"], exit: 2, code: "USAGE_INVALID" },
    { what: "too many arguments", args: ["case", "show", "last", "1", "2"], exit: 2, code: "USAGE_INVALID" },
    { what: "a missing argument", args: ["book", "greeting"], exit: 2, code: "USAGE_INVALID" },
    { what: "a missing option", args: ["offer", "publish", "greet"], exit: 2, code: "USAGE_INVALID" },
    {
      what: "a price that is none",
      args: ["offer", "publish", "greet", "--price", "-1", "--deadline", "1m"],
      exit: 2,
      code: "USAGE_INVALID",
    },
    {
      what: "a deadline without unit",
      args: ["offer", "publish", "greet", "--price", "1", "--deadline", "60"],
      exit: 2,
      code: "USAGE_INVALID",
    },
    {
      what: "a case that is no number",
      args: ["case", "show", "last", "first"],
      exit: 2,
      code: "USAGE_INVALID",
    },
    {
      what: "a name for a fork that is none",
      args: ["belt", "fork", "greeting", "--as", "Mine"],
      exit: 2,
      code: "USAGE_INVALID",
    },
    {
      what: "no configuration",
      args: ["belt", "list"],
      exit: 3,
      code: "CONFIG_MISSING",
      at: "belt.config.json",
    },
    {
      what: "another configuration that is not there",
      args: ["serve", "--config", "x.json"],
      exit: 3,
      code: "CONFIG_MISSING",
      at: "x.json",
    },
    {
      what: "a configuration that is no JSON",
      args: ["serve"],
      files: { "belt.config.json": '{"name": "acme",}' },
      exit: 2,
      code: "CONFIG_INVALID",
      at: "belt.config.json:1:17",
    },
    {
      what: "a configuration with an unknown setting",
      args: ["serve"],
      files: { "belt.config.json": { ...good, port: 1 } },
      exit: 2,
      code: "CONFIG_INVALID",
      at: "belt.config.json#/port",
    },
    {
      what: "a ledger URL that is none",
      args: ["serve", "--ledger-url", "localhost:8545"],
      files: { "belt.config.json": good },
      exit: 2,
      code: "CONFIG_INVALID",
      at: "--ledger-url",
    },
    {
      what: "a variable that does not fit",
      args: ["join"],
      files: { "belt.config.json": good },
      env: { BELT_API_PORT: "x" },
      exit: 2,
      code: "CONFIG_INVALID",
      at: "BELT_API_PORT",
    },
    {
      what: "no keys",
      args: ["serve"],
      files: { "belt.config.json": good },
      exit: 3,
      code: "KEYS_MISSING",
      at: "data/keys/identity.json",
    },
    {
      what: "no token",
      args: ["belt", "list"],
      files: { "belt.config.json": good },
      exit: 3,
      code: "KEYS_MISSING",
      at: "data/keys/api-token",
    },
    {
      what: "an API that is no URL",
      args: ["belt", "list", "--api", "localhost"],
      env: { BELT_API_TOKEN: "x" },
      exit: 2,
      code: "USAGE_INVALID",
      at: "--api",
    },
    {
      what: "a belt that is not there",
      args: ["belt", "check", "belt.json"],
      exit: 2,
      code: "FILE_UNREADABLE",
      at: "belt.json",
    },
    {
      what: "a belt that is no JSON",
      args: ["belt", "check", "belt.json"],
      files: { "belt.json": "{" },
      exit: 2,
      code: "JSON_INVALID",
      at: "belt.json:1:2",
    },
    {
      what: "a belt with a need that is none",
      args: ["belt", "publish", "belt.json"],
      files: { "belt.json": { ...template, result: { "/x": "nowhere" } } },
      exit: 2,
      code: "BELT_INVALID",
      at: "belt.json#/result/~1x",
    },
    {
      what: "a belt without stations",
      args: ["belt", "publish", "belt.json"],
      files: { "belt.json": { ...template, stations: undefined } },
      exit: 2,
      code: "BELT_INVALID",
      at: "belt.json#/stations",
    },
    {
      what: "cases that are not there",
      args: ["book", "greeting", "cases.json"],
      exit: 2,
      code: "FILE_UNREADABLE",
      at: "cases.json",
    },
    {
      what: "an answer that is no JSON",
      args: ["tasks", "complete", "x", "yes"],
      env: { BELT_API_TOKEN: "x", BELT_API_URL: "http://127.0.0.1:9" },
      exit: 2,
      code: "JSON_INVALID",
      at: "the answer:1:1",
    },
    {
      what: "an answer that is no object",
      args: ["tasks", "complete", "x", "[]"],
      env: { BELT_API_TOKEN: "x", BELT_API_URL: "http://127.0.0.1:9" },
      exit: 2,
      code: "INPUT_INVALID",
      at: "the answer",
    },
    { what: "init without a terminal and values", args: ["init"], exit: 2, code: "USAGE_INVALID" },
    {
      what: "init with a name that is none",
      args: ["init", ...required.with(1, "Acme")],
      exit: 2,
      code: "CONFIG_INVALID",
      at: "--name",
    },
    {
      what: "init with a directory that is none",
      args: ["init", ...required.with(5, "0x1")],
      exit: 2,
      code: "CONFIG_INVALID",
      at: "--ledger-directory",
    },
    {
      what: "init with a deployment that is none",
      args: ["init", ...required, "--deployment", "d.json"],
      files: { "d.json": {} },
      exit: 2,
      code: "INPUT_INVALID",
      at: "d.json#/chainId",
    },
    {
      what: "init with an empty passphrase",
      args: ["init", ...required, "--passphrase-file", "p"],
      files: { p: "\n" },
      exit: 2,
      code: "PASSPHRASE_MISSING",
      at: "p",
    },
  ];
  it.each(rows)("$what", async ({ args, files = {}, env = {}, exit, code: name, at }) => {
    const folder = await temporaryFolder();
    for (const [file, content] of Object.entries(files)) {
      await writeFile(join(folder, file), typeof content === "string" ? content : JSON.stringify(content));
    }
    const { code, stdout, stderr } = await runHere(args, { folder, env });
    expect([code, stdout]).toEqual([exit, ""]);
    expect(stderr.replaceAll(`${folder}/`, "")).toMatch(errorLine(name, at));
    expect(await readdir(folder)).toEqual(Object.keys(files));
  });

  it("keys that are torn, or under a passphrase", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "belt.config.json"), JSON.stringify(good));
    await createIdentity(join(folder, "data"), {
      passphrase: "right",
      random: (size) => crypto.getRandomValues(new Uint8Array(size)),
    });
    const serve = (env: Record<string, string> = {}) => run(["serve"], { folder, env });
    expect((await serve()).stderr).toMatch(/^PASSPHRASE_MISSING: /);
    expect((await serve({ BELT_PASSPHRASE: "wrong" })).stderr).toMatch(/^PASSPHRASE_WRONG: /);
    const file = join(folder, "data", "keys", "identity.json");
    await writeFile(file, (await readFile(file)).subarray(0, 99));
    const { code, stderr } = await serve({ BELT_PASSPHRASE: "right" });
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^KEYS_DAMAGED: [^\n]+\n$/)]);
  });
});

describe("init", () => {
  it("keeps keys that are there, puts new ones under the passphrase, and takes every setting", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "secret"), "right\n");
    const flags = [
      "--passphrase-file",
      "secret",
      "--data",
      "kept",
      "--url",
      "https://acme.example/",
      "--ledger-chain-id",
      "7",
    ];
    const made = await run(["init", ...required, ...flags], { folder });
    expect(made).toMatchObject({ code: 0, stderr: "" });
    const config = JSON.parse(await readFile(join(folder, "belt.config.json"), "utf8"));
    expect(config).toMatchObject({ data: "kept", url: "https://acme.example", ledger: { chainId: 7 } });
    const keys = await readFile(join(folder, "kept", "keys", "identity.json"), "utf8");
    expect(JSON.parse(keys)).toHaveProperty("encrypted");
    const other = join(folder, "other");
    await mkdir(other);
    const again = await run(["init", ...required, "--data", join(folder, "kept")], { folder: other });
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining("are kept") });
    expect(await readFile(join(folder, "kept", "keys", "identity.json"), "utf8")).toBe(keys);
  });
});

it("tells an old Node in one sentence what to do", async () => {
  const folder = await temporaryFolder();
  const preload = join(folder, "old.mjs");
  await writeFile(preload, 'Object.defineProperty(process, "versions", { value: { node: "20.1.0" } });');
  const { code, stdout, stderr } = await run(["up"], {
    folder,
    env: { NODE_OPTIONS: `--import=${preload}` },
  });
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(/^This needs Node 24 [^\n]*20\.1\.0[^\n]*npx -y -p node@24[^\n]*\n$/);
  expect(await readdir(dirname(preload))).toEqual(["old.mjs"]);
});

describe("the parts", () => {
  it("read cases alike, however they are written", () => {
    const text = fc.string({ unit: "grapheme" });
    const value = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null), fc.array(fc.integer()));
    const cases = fc.array(fc.dictionary(text, value, { maxKeys: 4 }), { minLength: 1 });
    fc.assert(
      fc.property(cases, (list) => {
        const texts = list.map((each) => JSON.stringify(each));
        for (const written of [`[${texts.join()}]`, texts.join("\n"), `${texts.join("\r\n\r\n")}\r\n`]) {
          expect(parseCases({ name: "cases", text: written }).cases).toEqual(list);
        }
      }),
    );
  });

  it("print a partner's text on one line without what moves a terminal", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(printable(text)).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
    expect(printable("a\u001b[2Jb\n\u202ec")).toBe("ab \ufffdc");
  });

  it.each([
    ["90s", 90],
    ["5m", 300],
    ["2h", 7_200],
    ["3d", 259_200],
  ])("read %s as %i seconds", (text, seconds) => {
    expect(duration(text)).toBe(seconds);
  });

  it("call what is not theirs a defect, with its stack only on demand", () => {
    const error = new TypeError("x is undefined");
    expect(failureOf(error, false)).toEqual({
      exitCode: 70,
      text: expect.stringMatching(errorLine("INTERNAL")),
    });
    expect(failureOf(error, true).text).toContain("input.test.ts");
  });
});

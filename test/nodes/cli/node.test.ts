import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { describeIdentity } from "../../../nodes/identity.ts";
import { BeltError } from "../../../pipeline/errors.ts";
import { errorLine, run, start } from "../../support/command.ts";
import { runHere } from "../../support/commandHere.ts";
import { belt, hash, offer } from "../../support/memoryNode.ts";
import { serveMemoryNode } from "../../support/nodeFolder.ts";
import { until } from "../../support/until.ts";

async function served() {
  const node = await serveMemoryNode();
  const command = (args: readonly string[], input?: string) =>
    input === undefined ? runHere(args, { folder: node.folder }) : run(args, { folder: node.folder, input });
  /** Runs a command that must succeed and print JSON and nothing else. */
  const json = async (...args: readonly string[]): Promise<unknown> => {
    const { code, stdout, stderr } = await command([...args, "--json"]);
    expect([code, stderr]).toEqual([0, ""]);
    return JSON.parse(stdout);
  };
  const text = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await command(args);
    expect([code, stderr]).toEqual([0, ""]);
    return stdout;
  };
  const write = async (name: string, content: unknown) => {
    const file = join(node.folder, name);
    await writeFile(file, typeof content === "string" ? content : JSON.stringify(content));
    return name;
  };
  return { ...node, command, json, text, write };
}

describe("offers", () => {
  it("are published, listed, shown and withdrawn", async () => {
    const { json, text, operations } = await served();
    const published = await json(
      "offer",
      "publish",
      "greet",
      "--price",
      "3",
      "--deadline",
      "2m",
      "--capacity",
      "5",
    );
    expect(published).toMatchObject({
      offer: expect.stringMatching(/^0x/),
      transaction: hash("transaction"),
    });
    expect(await json("offer", "list", "--mine")).toEqual({
      offers: await operations.offers({ mine: true }),
    });
    expect(await text("offer", "list")).toMatch(/^OFFER .*\n0x\w{8} {2}acme\/greet .* Greets\n/);
    const { offer: id } = (await operations.offers({ mine: true }))[1] ?? expect.fail();
    expect(await json("offer", "show", id.slice(0, 10))).toMatchObject({
      offer: id,
      price: "3",
      capacity: 5,
    });
    expect(await text("offer", "withdraw", id.slice(0, 10))).toContain(id);
    expect(await operations.offers({ mine: false })).toEqual([offer]);
    expect(await text("offer", "show", "acme/greet")).toContain(offer.price);
  });

  it("that may be several are asked for by their id", async () => {
    const { command, json } = await served();
    await json("offer", "publish", "greet", "--price", "3", "--deadline", "1h");
    const { code, stderr } = await command(["offer", "show", "greet"]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(errorLine("USAGE_INVALID"))]);
  });
});

describe("belts", () => {
  it("are listed and shown", async () => {
    const { json, text } = await served();
    expect(await json("belt", "list")).toMatchObject({ belts: [{ belt: belt.belt }] });
    expect(await text("belt", "list")).toContain("greeting@2026.1");
    expect(await json("belt", "show", "greeting")).toEqual(belt);
    const shown = await text("belt", "show", belt.belt.slice(0, 8));
    for (const part of ["greeting@2026.1", "case#/name", '"required"', "/greeting  greet#/greeting"]) {
      expect(shown).toContain(part);
    }
  });

  it("are checked and published from a file", async () => {
    const { json, text, command, write } = await served();
    const template = {
      ...belt.document,
      stations: { greet: { offer: "greet", needs: { "/name": "case#/name" } } },
    };
    const file = await write("belt.json", template);
    expect(await text("belt", "check", file)).toContain("can be published");
    expect(await json("belt", "publish", file)).toMatchObject({ belt: hash(JSON.stringify(template)) });
    const broken = await write("broken.json", {
      ...template,
      stations: { greet: { offer: "unknown", needs: {} } },
    });
    const { code, stdout } = await command(["belt", "check", broken]);
    expect([code, stdout]).toEqual([
      2,
      "BELT_OFFER_UNAVAILABLE: No member offers unknown. (at broken.json#/stations/greet/offer)\n",
    ]);
  });

  it("are forked into a file that is never overwritten", async () => {
    const { text, command, folder, json } = await served();
    await text("belt", "fork", "greeting", "--as", "mine@1.0", "--out", "mine.json");
    const template = JSON.parse(await readFile(join(folder, "mine.json"), "utf8"));
    const { stations } = belt.document;
    expect(template).toEqual({
      ...{ ...belt.document, belt: "mine", version: "1.0", parent: belt.belt },
      stations: { greet: { ...stations["greet"], offer: "acme/greet" } },
    });
    await json("belt", "check", "mine.json");
    const again = await command(["belt", "fork", "greeting", "--as", "mine@1.0", "--out", "mine.json"]);
    expect([again.code, again.stderr]).toEqual([
      2,
      expect.stringMatching(errorLine("FILE_UNREADABLE", "mine.json")),
    ]);
    expect(JSON.parse(await text("belt", "fork", "greeting", "--as", "mine@1.0"))).toEqual(template);
  });
});

describe("cases", () => {
  const lines = '{"name": "Ann"}\n\n{"name": "?"}\n';

  it.each([
    ["a JSON array", "cases.json", '[{"name": "Ann"}, {"name": "?"}]', 2],
    ["lines", "cases.ndjson", lines, 2],
    ["one object over lines", "case.json", '{\n "name": "Ann"\n}', 1],
    ["one line", "case.json", '{"name": "Ann"}', 1],
  ])("are booked from %s", async (_, name, content, count) => {
    const { json, write } = await served();
    expect(await json("book", "greeting", await write(name, content))).toMatchObject({
      count,
      cost: String(2 * count),
    });
  });

  it("are booked once under a key, however often that is run", async () => {
    const { json, write } = await served();
    const file = await write("again.json", '[{"name": "Ann"}]');
    const book = (...more: readonly string[]) => json("book", "greeting", file, ...more);
    const first = await book("--idempotency-key", "batch-17");
    expect(await book("--idempotency-key", "batch-17")).toEqual(first);
    expect(await book()).not.toEqual(first);
  });

  it("are booked from standard input, and seen", async () => {
    const { command, json, text, operations } = await served();
    const booked = await command(
      ["book", "greeting@2026.1", "-", "--deadline", "5m", "--max-cost", "10"],
      lines,
    );
    expect(booked).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("2 cases, cost 4") });
    expect(await text("case", "list")).toMatch(/greeting@2026\.1 .* travelling\n$/);
    operations.finish();
    const [sheet] = await operations.sheets();
    expect(await json("case", "list")).toEqual({ sheets: [sheet] });
    expect(await json("case", "list", "last")).toEqual({ cases: await operations.cases(sheet?.sheet ?? "") });
    const table = await text("case", "list", sheet?.sheet.slice(0, 8) ?? "");
    expect(table).toContain('{"greeting":"Hello Ann"}');
    // What a partner wrote cannot colour this terminal.
    expect(table).toContain("greet unprocessable: Nobody knows this name.");
    expect(await json("case", "show", "last", "1")).toMatchObject({ case: 1, state: "not done" });
    expect(await text("case", "show", "last", "0")).toContain('"greeting": "Hello Ann"');
  });

  it("are watched until they are through", async () => {
    const { json, folder, operations } = await served();
    await operations.book({ belt: "greeting", cases: [{ name: "Ann" }, { name: "?" }] });
    const watching = start(["case", "watch", "last", "--json"], { folder });
    // The first event came while the rest had not happened yet.
    await until(() => watching.stdout().includes('"open"'));
    operations.finish();
    const { code, stdout, stderr } = await watching.ended;
    expect([code, stderr]).toEqual([0, ""]);
    const seen = stdout
      .trimEnd()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    expect(seen).toHaveLength(4);
    expect(seen[2]).toMatchObject({ case: 1, station: "greet", status: "unprocessable" });
    expect(seen[3]).toMatchObject({ state: "finished" });
    expect(await json("case", "list", "last")).toMatchObject({
      cases: [{ state: "done" }, { state: "not done" }],
    });
  });

  it("are watched from their booking on", async () => {
    const { folder, operations } = await served();
    const booking = start(["book", "greeting", "-", "--watch"], { folder, input: '{"name": "Ann"}' });
    await until(() => booking.stdout().includes("open"));
    operations.finish();
    const { code, stdout } = await booking.ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^book: signed .*\nSheet 0x\w+ is booked: 1 case, cost 2.*\n.* open +greet\n.* done +greet\nThe sheet is finished: 1 of 1 cases are done\.\n$/s,
    );
  });

  const refused = [
    {
      what: "a case that does not fit, in an array",
      input: '[{"name": "Ann"}, {}]',
      at: "standard input#/1/name",
      code: "CASE_INVALID",
    },
    {
      what: "a case that does not fit, on a line",
      input: '{"name": "Ann"}\n\n{"name": 7}\n',
      at: "standard input:3#/name",
      code: "CASE_INVALID",
    },
    { what: "one case that does not fit", input: "{}", at: "standard input#/name", code: "CASE_INVALID" },
    {
      what: "a line that is broken",
      input: '{"name": "Ann"}\n{"name": }\n',
      at: "standard input:2:10",
      code: "JSON_INVALID",
    },
    {
      what: "a line that ends early",
      input: '{"name": "Ann"}\n{"name": "Bo"\n{"name": "Cy"}\n',
      at: "standard input:2:14",
      code: "JSON_INVALID",
    },
    {
      what: "JSON that is broken",
      input: '[\n{"name": "Ann"},\n]',
      at: "standard input:3:1",
      code: "JSON_INVALID",
    },
    { what: "a case that is no object", input: "[7]", at: "standard input#/0", code: "INPUT_INVALID" },
    { what: "no case", input: "[]", at: "standard input", code: "INPUT_INVALID" },
    { what: "nothing at all", input: "", at: "standard input:1:1", code: "JSON_INVALID" },
  ];
  it.each(refused)("are refused with their place: $what", async ({ input, at, code: name }) => {
    const { command, operations } = await served();
    const { code, stdout, stderr } = await command(["book", "greeting", "-", "--json"], input);
    expect([code, stdout, stderr]).toEqual([2, "", expect.stringMatching(errorLine(name, at))]);
    expect(await operations.sheets()).toEqual([]);
  });
});

describe("tasks", () => {
  it("are listed and completed, from the line or a file", async () => {
    const { json, text, command, write, operations } = await served();
    const [task] = await operations.tasks();
    expect(await json("tasks", "list")).toEqual({ tasks: [task] });
    expect(await text("tasks", "list")).toContain('{"question":"Who?"}');
    expect(await text("tasks", "list", "--full")).toContain('"required":["name"]');
    const wrong = await command(["tasks", "complete", "0123-greet-0", "{}"]);
    expect([wrong.code, wrong.stderr]).toEqual([
      2,
      expect.stringMatching(errorLine("INPUT_INVALID", "the answer#/name")),
    ]);
    const answer = await write("answer.json", { name: "Bo" });
    expect(await json("tasks", "complete", "0123-greet-0", `@${answer}`)).toEqual({ task: "0123-greet-0" });
    expect([...operations.answered.values()]).toEqual([{ name: "Bo" }]);
    expect(await text("tasks", "list")).toBe("No task waits.\n");
  });
});

describe("cases in quarantine", () => {
  it("are listed, shown, tried again and rejected", async () => {
    const { json, text, command, operations } = await served();
    const cases = await operations.quarantine();
    expect(await json("quarantine", "list")).toEqual({ cases });
    expect(await text("quarantine", "list")).toContain("0123-greet-3");
    expect(await json("quarantine", "show", "0123-greet-3")).toEqual({ ...cases[0], input: { name: "Bo" } });
    const shown = await text("quarantine", "show", "0123-greet-3");
    for (const part of ["STATION_CRASHED: The station's process ended.", '{"name":"Bo"}', cases[0]?.receipt])
      expect(shown).toContain(part);
    expect(await json("quarantine", "retry", "0123-greet-3")).toEqual({ case: "0123-greet-3" });
    const sentence = "The form is damaged.";
    expect(await text("quarantine", "reject", "0123-greet-4", "--reason", sentence)).toContain("is failed");
    expect([...operations.answered]).toEqual([
      ["0123-greet-3", "retried"],
      ["0123-greet-4", sentence],
    ]);
    expect(await text("quarantine", "list")).toBe("No case is held.\n");
    const gone = await command(["quarantine", "retry", "0123-greet-3"]);
    expect([gone.code, gone.stderr]).toEqual([
      3,
      expect.stringMatching(errorLine("QUARANTINE_UNKNOWN", "<case>")),
    ]);
  });
});

describe("a backup", () => {
  it("is taken of a running node, with the keys beside it, and restored elsewhere", async () => {
    const { json, text, command, operations, folder } = await served();
    const foreign = await command(["backup", "acme.backup"]);
    expect([foreign.code, foreign.stderr]).toEqual([2, expect.stringMatching(/^BACKUP_FOREIGN: /)]);

    const { address } = await describeIdentity(join(folder, "data"));
    operations.state = { ...operations.state, member: address };
    const taken = { member: address, at: "2026-03-01T12:00:00.000Z", entries: 1 };
    expect(await json("backup", "acme.backup")).toMatchObject({ file: "acme.backup", ...taken });
    expect(await json("restore", "acme.backup", "--data", "new")).toMatchObject({
      data: join(folder, "new"),
      ...taken,
    });
    expect((await describeIdentity(join(folder, "new"))).address).toBe(address);

    // Without a node that runs, the store itself is read: here the one that was just restored.
    const offline = ["--data", "new", "--api", "http://127.0.0.1:1"];
    expect(await text("backup", "again.backup", "--no-keys", ...offline)).toContain("3 entries.");
    const third = await command(["restore", "acme.backup", "--data", "third"]);
    expect(third.stdout).toContain("Next: belt serve --data third.");
    const twice = await command(["restore", "again.backup", "--data", "new"]);
    expect([twice.code, twice.stderr]).toEqual([2, expect.stringMatching(/^STORE_EXISTS: /)]);
  });
});

describe("a refusal", () => {
  const rows: readonly { code: ConstructorParameters<typeof BeltError>[0]; exit: number }[] = [
    { code: "CASE_INVALID", exit: 2 },
    { code: "NOT_FOUND", exit: 3 },
    { code: "LEDGER_REVERTED", exit: 4 },
    { code: "LEDGER_FUNDS_SHORT", exit: 4 },
    { code: "LEDGER_UNREACHABLE", exit: 5 },
    { code: "OVERLOADED", exit: 5 },
    { code: "INTERNAL", exit: 70 },
  ];
  it.each(rows)("of the node is said in one line: $code", async ({ code: name, exit }) => {
    const { command, operations } = await served();
    operations.failure = new BeltError(name, "What is\n wrong.", { at: "/place" });
    const { code, stdout, stderr } = await command(["belt", "list", "--json"]);
    expect([code, stdout, stderr]).toEqual([exit, "", expect.stringMatching(errorLine(name, "/place"))]);
  });

  it("says where it came from only when that is asked for", async () => {
    const { command, folder } = await served();
    const line = await command(["belt", "show", "none"]);
    expect(line.stderr.split("\n")).toHaveLength(2);
    const { stderr } = await run(["belt", "show", "none", "--debug"], { folder });
    expect(stderr.startsWith(line.stderr)).toBe(true);
    expect(stderr).toMatch(/\n {4}at /);
  });

  it("names a node that does not run, and a token that is another's", async () => {
    const { folder, token, url } = await served();
    const away = await run(["belt", "list", "--api", "http://127.0.0.1:9"], { folder });
    expect([away.code, away.stderr]).toEqual([
      5,
      expect.stringMatching(errorLine("API_UNREACHABLE", "http://127.0.0.1:9")),
    ]);
    const env = { BELT_API_URL: url, BELT_API_TOKEN: token };
    // With both there is no need for a configuration.
    expect(await run(["belt", "list"], { folder: "/", env })).toMatchObject({ code: 0 });
    const other = await run(["belt", "list"], {
      folder: "/",
      env: { ...env, BELT_API_TOKEN: "u".repeat(43) },
    });
    expect([other.code, other.stderr]).toEqual([
      4,
      expect.stringMatching(errorLine("API_TOKEN_REFUSED", "Authorization")),
    ]);
  });
});

it("is quiet when nobody reads on", async () => {
  const { folder, operations } = await served();
  await operations.book({ belt: "greeting", cases: Array.from({ length: 1_000 }, () => ({ name: "Ann" })) });
  const { child, ended } = start(["case", "list", "last", "--json"], { folder });
  child.stdout.destroy();
  const { code, stderr } = await ended;
  expect([code, stderr]).toEqual([0, ""]);
});

it("colours nothing that is no terminal, even when it is asked for JSON", async () => {
  const { folder } = await served();
  const { stdout } = await run(["offer", "list"], { folder, env: { TERM: "xterm-256color" } });
  expect(stdout).not.toContain("\u001b[");
});

import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { JsonRpcProvider } from "ethers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Chain,
  chainAccount,
  type Deployment,
  deploy,
  localHost,
  localRules,
  startChain,
} from "../../../nodes/ledger/index.ts";
import { type Ended, errorLine, type Running, run, start } from "../../support/command.ts";
import { runHere } from "../../support/commandHere.ts";
import { freePorts } from "../../support/freePorts.ts";
import { until } from "../../support/until.ts";

const library = fileURLToPath(new URL("../../../nodes/index.ts", import.meta.url));

const greetModule = `
import { defineStation } from ${JSON.stringify(library)};
export default defineStation({
  name: "greet",
  version: "1.0.0",
  input: { type: "object", properties: { name: { type: "string" } }, required: ["name"], additionalProperties: false },
  output: { type: "object", properties: { greeting: { type: "string" } }, required: ["greeting"], additionalProperties: false },
  process({ name }) {
    console.log("Hello " + name);
    return { greeting: "Hello " + name };
  },
});
`;

const greetingBelt = {
  belt: "greeting",
  version: "1.0",
  parent: null,
  title: { en: "Greeting" },
  case: {
    type: "object",
    properties: { name: { type: "string" } },
    required: ["name"],
    additionalProperties: false,
  },
  stations: { greet: { offer: "acme/greet", needs: { "/name": "case#/name" } } },
  result: { "/greeting": "greet#/greeting" },
};

let folder: string;
let chain: Chain;
let deployment: Deployment;
let ports: readonly number[];
let acme: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "belt-newcomer-"));
  acme = join(folder, "acme");
  [chain, ports] = await Promise.all([startChain(), freePorts(3)]);
  const provider = new JsonRpcProvider(chain.url, undefined, {
    staticNetwork: true,
    cacheTimeout: -1,
    batchStallTime: 0,
  });
  deployment = await deploy(chainAccount(0).connect(provider), { members: [localHost], rules: localRules });
  provider.destroy();
  await writeFile(join(folder, "deployment.json"), JSON.stringify(deployment));
});
afterAll(async () => {
  await chain?.stop();
  await rm(folder, { recursive: true, force: true });
});

const belt = (...args: readonly string[]): Promise<Ended> => run(args, { folder: acme });

async function json(...args: readonly string[]): Promise<unknown> {
  const { code, stdout, stderr } = await runHere([...args, "--json"], { folder: acme });
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout);
}

interface Diagnosis {
  readonly ok: boolean;
  readonly findings: readonly { check: string; state: string; code?: string; at?: string; remedy?: string }[];
  readonly configuration: readonly { setting: string; value: unknown }[];
}

/** What `belt doctor` finds, by its exit code. */
async function doctor(
  ...args: readonly string[]
): Promise<Diagnosis & { readonly bad: Readonly<Record<string, string>> }> {
  return diagnosed(await runHere(["doctor", "--json", ...args], { folder: acme }));
}

function diagnosed({ code, stdout, stderr }: Ended) {
  const diagnosis: Diagnosis = JSON.parse(stdout);
  expect([code, stderr]).toEqual([diagnosis.ok ? 0 : 1, ""]);
  for (const { state, remedy } of diagnosis.findings) {
    if (state === "problem" || state === "warning") expect(remedy).toMatch(/\S/);
  }
  const bad = diagnosis.findings.flatMap(({ check, state, code: name = state }) =>
    state === "ok" || state === "skipped" ? [] : [[check, name] as const],
  );
  return { ...diagnosis, bad: Object.fromEntries(bad) };
}

async function serve(): Promise<Running & { readonly ready: { url: string; api: string; member: string } }> {
  const running = start(["serve"], { folder: acme });
  const ended = running.ended.then(({ stderr }) => {
    throw new Error(`The node ended: ${stderr}`);
  });
  const line = await Promise.race([
    until(() => running.stdout().split("\n")[1] !== undefined && running.stdout()),
    ended,
  ]);
  ended.catch(() => undefined);
  return { ...running, ready: JSON.parse(line) };
}

/** Steps that build on each other, as a newcomer takes them. */
describe("a newcomer", () => {
  /** What an auditor's query says. */
  const ledger = async (...args: readonly string[]): Promise<unknown> => {
    const place = ["--rpc", chain.url, "--directory", deployment.directory];
    const { code, stdout, stderr } = await run(["ledger", ...args, ...place, "--json"], { folder });
    expect([code, stderr]).toEqual([0, ""]);
    return JSON.parse(stdout);
  };

  it("makes a node", async () => {
    const [port, api] = ports;
    const made = await run(
      [
        ...["init", "acme", "--name", "acme", "--ledger-url", chain.url, "--deployment", "deployment.json"],
        ...["--listen-port", String(port), "--api-port", String(api)],
      ],
      { folder },
    );
    expect(made).toMatchObject({ code: 0, stderr: "" });
    const { address } = JSON.parse(await readFile(join(acme, "data", "keys", "identity.json"), "utf8"));
    expect(made.stdout).toContain(address);
    const config = JSON.parse(await readFile(join(acme, "belt.config.json"), "utf8"));
    expect(config).toEqual({
      name: "acme",
      data: "./data",
      ledger: { url: chain.url, directory: deployment.directory, chainId: deployment.chainId },
      listen: { host: "127.0.0.1", port },
      api: { host: "127.0.0.1", port: api },
      stations: [],
    });
    const again = await belt(
      "init",
      "--name",
      "acme",
      "--ledger-url",
      chain.url,
      "--deployment",
      "../deployment.json",
    );
    expect([again.code, again.stderr]).toEqual([2, expect.stringMatching(errorLine("CONFIG_EXISTS"))]);
  });

  it("is told what is missing", async () => {
    const { bad, configuration } = await doctor();
    expect(bad).toEqual({ admission: "MEMBER_NOT_ADMITTED" });
    expect(configuration.find(({ setting }) => setting === "name")).toMatchObject({
      value: "acme",
      origin: "file",
    });
    const { code, stderr } = await belt("join");
    expect([code, stderr]).toEqual([4, expect.stringMatching(errorLine("MEMBER_NOT_ADMITTED", "name"))]);
  });

  it("joins", async () => {
    expect(await json("join", "--local", "--dry-run")).toEqual({
      ...{ dryRun: true, ok: true, escrow: "0" },
      transactions: [{ what: "publish the profile", already: false }],
    });
    expect((await doctor()).bad).toEqual({ admission: "MEMBER_NOT_ADMITTED" });
    expect(await json("join", "--local")).toMatchObject({
      name: "acme",
      url: `http://127.0.0.1:${ports[0]}`,
    });
    expect(await json("join", "--dry-run")).toEqual({
      ...{ dryRun: true, ok: true, escrow: "0" },
      transactions: [{ what: "publish the profile", already: true }],
    });
    expect((await doctor()).bad).toEqual({});
    const moved = await doctor("--url", "http://elsewhere.example");
    expect(moved.bad).toEqual({ profile: "PROFILE_OUTDATED" });
    const { profiles } = Object(await json("ledger", "profiles"));
    expect(profiles).toMatchObject([
      { name: "host", kinds: ["network-supplier"], url: null },
      { name: "acme", kinds: ["producer", "consumer"], url: `http://127.0.0.1:${ports[0]}` },
    ]);
  });

  it("is told that somebody else has the name", async () => {
    const other = join(folder, "other");
    const made = await run(["init", "other", "--local", "--name", "acme", "--ledger-url", chain.url], {
      folder,
    });
    expect([made.code, made.stderr]).toEqual([0, ""]);
    const { code, stderr } = await run(["join", "--local"], { folder: other });
    expect([code, stderr]).toEqual([2, expect.stringMatching(errorLine("CONFIG_INVALID", "name"))]);
  });

  it("is told of every mistake by its name", async () => {
    const wrong = `0x${"1".repeat(40)}`;
    const rows: readonly (readonly [args: readonly string[], bad: Record<string, string>])[] = [
      [["--ledger-chain-id", "5"], { ledger: "LEDGER_WRONG_CHAIN" }],
      [["--ledger-directory", wrong], { ledger: "LEDGER_NO_DIRECTORY" }],
      [["--ledger-url", "http://127.0.0.1:9"], { ledger: "LEDGER_UNREACHABLE" }],
      [["--api-port", String(chain.port)], { "API port": "PORT_IN_USE" }],
      [["--name", "other"], { admission: "CONFIG_INVALID" }],
      [["--stations", '[{"module":"./none.ts"}]'], { "station 1": "STATION_INVALID" }],
      [["--api-port", "x"], { configuration: "CONFIG_INVALID" }],
      [["--data", "./elsewhere"], { keys: "KEYS_MISSING" }],
      [["--api-host", "0.0.0.0"], { configuration: "warning" }],
    ];
    for (const [args, bad] of rows) expect((await doctor(...args)).bad, args.join(" ")).toEqual(bad);
    const hourAhead = join(folder, "clock.mjs");
    await writeFile(hourAhead, "const { now } = Date; Date.now = () => now() + 3_600_000;");
    const env = { NODE_OPTIONS: `--import=${hourAhead}` };
    expect(diagnosed(await run(["doctor", "--json"], { folder: acme, env })).bad).toEqual({
      clock: "CLOCK_SKEWED",
    });
    const keys = join(acme, "data", "keys", "identity.json");
    await chmod(keys, 0o644);
    expect((await doctor()).bad).toEqual({ keys: "KEYS_EXPOSED" });
    const { code, stderr } = await belt("serve");
    expect([code, stderr]).toEqual([2, expect.stringMatching(errorLine("KEYS_EXPOSED", keys))]);
    await chmod(keys, 0o600);
  });

  it("writes a station, runs the node, offers, chains and books", async () => {
    await writeFile(join(acme, "greet.ts"), greetModule);
    await writeFile(join(acme, "belt.json"), JSON.stringify(greetingBelt));
    const file = join(acme, "belt.config.json");
    const config = JSON.parse(await readFile(file, "utf8"));
    await writeFile(file, JSON.stringify({ ...config, stations: [{ module: "./greet.ts" }] }));
    expect((await doctor()).bad).toEqual({ "offer of greet": "warning" });

    const node = await serve();
    expect(node.ready).toEqual({
      url: `http://127.0.0.1:${ports[0]}`,
      api: `http://127.0.0.1:${ports[1]}`,
      member: expect.stringMatching(/^0x[0-9a-f]{40}$/),
    });
    await until(async () => (await fetch(`${node.ready.api}/readyz`)).ok);
    const locked = await belt("join");
    expect([locked.code, locked.stderr]).toEqual([5, expect.stringMatching(/^STORE_LOCKED: /)]);

    const offer = ["offer", "publish", "greet", "--deadline", "1h", "--price"];
    expect(await json(...offer, "2", "--dry-run")).toMatchObject({
      transactions: [{ what: "publish the offer", already: false, gas: expect.stringMatching(/^\d{5,6}$/) }],
    });
    expect(await json("offer", "list")).toEqual({ offers: [] });
    await json(...offer, "2");
    // An offer never changes: the same station at another price is told so, and by no contract's error name.
    const dearer = await belt(...offer, "3", "--dry-run");
    expect([dearer.code, dearer.stdout, dearer.stderr]).toEqual([
      4,
      "",
      expect.stringMatching(
        /^LEDGER_DONE_BEFORE: The ledger refuses to publish the offer: the member has published this document before, as offer 0x[0-9a-f]{8}\. An offer never changes: [^\n]+\n$/,
      ),
    ]);
    const running = await doctor();
    expect(running.bad).toEqual({});
    expect(running.findings.filter(({ state }) => state === "ok").map(({ check }) => check)).toContain(
      "partner face",
    );
    expect(await json("belt", "check", "belt.json")).toMatchObject({ findings: [], price: "2" });
    await json("belt", "publish", "belt.json");
    expect(
      JSON.parse(
        (
          await run(["book", "greeting", "-", "--dry-run", "--json"], {
            folder: acme,
            input: '{"name":"Ann"}',
          })
        ).stdout,
      ),
    ).toMatchObject({
      ...{ ok: true, escrow: "2" },
      transactions: [{ what: "approve what bookings cost" }, { what: "book" }],
    });
    expect(await json("case", "list")).toEqual({ sheets: [] });
    const watched = await run(["book", "greeting", "-", "--watch"], {
      folder: acme,
      input: '[{"name":"Ann"},{"name":"Bo"}]',
    });
    expect(watched).toMatchObject({
      code: 0,
      stderr: "",
      stdout: expect.stringMatching(
        /^approve what bookings cost: signed as 0x.*\nbook: signed as 0x.*\nbook: sent\n.*book: mined in block \d+\n.*2 of 2 cases are done/s,
      ),
    });
    expect(await json("case", "list", "last")).toMatchObject({
      cases: [{ result: { greeting: "Hello Ann" } }, { result: { greeting: "Hello Bo" } }],
    });

    // What is through is reported with what else is through a moment later.
    await until(async () => {
      const { bookings } = Object(await ledger("bookings"));
      return Object(await ledger("bookings", bookings[0].sheet)).stations[0].done === 2;
    });
    node.child.kill("SIGTERM");
    const { code, stderr: log } = await node.ended;
    expect(code).toBe(0);
    // What the station printed is of cases.
    expect(log).toMatch(/"station":"greet","lines":\d/);
    expect(log).not.toMatch(/Hello|Ann/);
  });

  it("finds all of it on the ledger, without a node", async () => {
    expect(await ledger("offers", "--member", "acme")).toMatchObject({
      offers: [{ memberName: "acme", kind: "station", price: "2", deadlineSeconds: 3_600, live: true }],
    });
    const { bookings } = Object(await ledger("bookings"));
    expect(bookings).toMatchObject([{ consumerName: "acme", count: 2, cost: "4", stationCount: 1 }]);
    expect(await ledger("bookings", bookings[0].sheet.slice(0, 12))).toMatchObject({
      stations: [{ station: 0, memberName: "acme", done: 2, others: {} }],
    });
    expect(await ledger("credit", "--member", "acme")).toMatchObject({
      accounts: [{ name: "acme", balance: "999996", withdrawn: "0" }],
      decimals: 0,
      // Two cases at 2: held by the sheet, or owed since to the member that booked its own offer.
      escrow: { contract: "4" },
    });
    const credit = await run(["ledger", "credit", "--rpc", chain.url, "--deployment", "deployment.json"], {
      folder,
    });
    expect(credit).toMatchObject({ code: 0, stdout: expect.stringContaining("4, which is both together") });
    const { heads } = Object(await ledger("receipts", "acme"));
    expect(heads.at(-1)).toMatchObject({
      memberName: "acme",
      size: 2,
      root: expect.stringMatching(/^0x[0-9a-f]{64}$/),
    });
    const table = await run(["ledger", "profiles", "--rpc", chain.url, "--deployment", "deployment.json"], {
      folder,
    });
    expect(table).toMatchObject({ code: 0, stdout: expect.stringContaining("acme") });
  });

  it("stops a node at once with a second signal", async () => {
    const node = await serve();
    const token = await readFile(join(acme, "data", "keys", "api-token"), "utf8");
    // A request that never ends holds a node that stops in good order for some seconds.
    const { hostname, port } = new URL(node.ready.api);
    const socket = connect(Number(port), hostname);
    const head = `POST /v1/sheets HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${token.trim()}\r\n`;
    socket.write(
      `${head}Content-Type: application/json\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n`,
    );
    // The node has begun with it when it says that it waits for the body.
    const [answer] = await once(socket, "data");
    expect(String(answer)).toContain("100 Continue");
    node.child.kill("SIGTERM");
    await until(() =>
      fetch(`${node.ready.api}/livez`).then(
        () => false,
        () => true,
      ),
    );
    node.child.kill("SIGTERM");
    expect(await node.ended).toMatchObject({ code: 143, signal: null });
    socket.destroy();
  });

  it("decides with the others, and is told when it is suspended", { timeout: 60_000 }, async () => {
    const node = await serve();
    const late = chainAccount(7).address;
    expect(await json("admit", late, "--name", "late", "--credit", "9")).toMatchObject({ state: "executed" });
    expect(await json("ledger", "credit", "--member", "late")).toMatchObject({
      accounts: [{ name: "late", balance: "9" }],
    });
    const { proposal } = Object(await json("govern", "propose", "suspend", "acme"));
    expect(await json("govern", "list", "--open")).toMatchObject({ proposals: [{ proposal }] });
    await until(async () => Object(await json("govern", "show", proposal)).state === "active");
    await json("govern", "vote", proposal.slice(0, 10), "for");
    expect(await json("govern", "execute", proposal)).toMatchObject({ state: "executed" });
    expect((await doctor()).bad).toMatchObject({ admission: "MEMBER_INACTIVE" });
    // The node hears of it in the block after.
    const refused = await until(async () => {
      const tried = await belt("govern", "propose", "lift", "--dry-run");
      return tried.code !== 0 && tried;
    });
    expect([refused.code, refused.stderr]).toEqual([4, expect.stringMatching(errorLine("MEMBER_INACTIVE"))]);
    node.child.kill("SIGTERM");
    expect(await node.ended).toMatchObject({ code: 0 });
  });

  it("is told by the ledger's queries what is wrong with the ledger", async () => {
    const rows: readonly (readonly [args: readonly string[], exit: number, code: string])[] = [
      [[], 2, "USAGE_INVALID"],
      [["--rpc", chain.url], 2, "USAGE_INVALID"],
      [["--rpc", "localhost", "--directory", deployment.directory], 2, "INPUT_INVALID"],
      [["--rpc", chain.url, "--directory", "0x1"], 2, "INPUT_INVALID"],
      [["--rpc", "http://127.0.0.1:9", "--directory", deployment.directory], 5, "LEDGER_UNREACHABLE"],
      [["--rpc", chain.url, "--directory", `0x${"1".repeat(40)}`], 2, "LEDGER_NO_DIRECTORY"],
      [["--rpc", chain.url, "--deployment", "none.json"], 2, "FILE_UNREADABLE"],
    ];
    for (const [args, exit, name] of rows) {
      const { code, stdout, stderr } = await run(["ledger", "profiles", ...args], { folder });
      expect([code, stdout, stderr], args.join(" ")).toEqual([
        exit,
        "",
        expect.stringMatching(errorLine(name)),
      ]);
    }
  });
});

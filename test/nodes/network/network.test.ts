import { once } from "node:events";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { type NetworkOptions, type Step, startNetwork } from "../../../nodes/network/index.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { isRunning } from "../../support/process.ts";
import { until } from "../../support/until.ts";

/** A source that writes its number down, announces itself and stays. */
const source = `
import { writeFileSync } from "node:fs";
writeFileSync(process.argv.at(-1), String(process.pid));
console.log('{"port":1}');
setInterval(() => {}, 1000);
`;

const members = (seed: string) => ({
  belt: "belt.json",
  cases: "cases.json",
  consumer: "shop",
  members: [
    { name: "shop", kinds: ["consumer"] },
    {
      name: "register",
      kinds: ["producer"],
      sources: [{ name: "rows", module: "source.mjs", database: "{data}/pid" }],
      seeds: seed === "" ? [] : [{ module: "seed.mjs", database: "{data}/rows" }],
    },
  ],
});

const template = {
  belt: "nothing",
  version: "1",
  parent: null,
  title: { en: "Nothing" },
  case: { type: "object" },
  stations: { look: { offer: "register/look", needs: { "/n": "case#/n" } } },
  result: { "/n": "look#/n" },
};

describe("a local network that cannot start", () => {
  let folder: string;
  let data: string;
  let steps: Step[];

  beforeEach(async () => {
    folder = await temporaryFolder();
    data = join(folder, "data");
    steps = [];
  });

  /** Writes the folder of a belt that has a source, and a seed with this text. */
  async function writeBelt(seed = ""): Promise<string> {
    const belt = join(folder, "belt");
    await mkdir(belt);
    await writeFile(join(belt, "members.json"), JSON.stringify(members(seed)));
    await writeFile(join(belt, "belt.json"), JSON.stringify(template));
    await writeFile(join(belt, "cases.json"), '[{"n":1}]');
    await writeFile(join(belt, "source.mjs"), source);
    await writeFile(join(belt, "seed.mjs"), seed);
    return belt;
  }

  /** A server that may say that it is a chain; its URL. */
  async function serve(answer: RequestListener): Promise<string> {
    const server = createServer(answer).listen(0, "127.0.0.1");
    onTestFinished(() => {
      server.close();
      server.closeAllConnections();
    });
    await once(server, "listening");
    const address = server.address();
    return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  }

  /** Says which chain it is, and nothing else ever. */
  const chain: RequestListener = async (request, response) => {
    let body = "";
    for await (const part of request) body += String(part);
    if (body.includes("eth_chainId")) response.end('{"jsonrpc":"2.0","id":1,"result":"0x7a69"}');
  };

  const start = (options: Omit<NetworkOptions, "data">) =>
    startNetwork({ ...options, data, report: (step) => steps.push(step) });

  /** What must be true after every failure: no process, and a folder that another network can have. */
  async function expectNothingLeft(): Promise<void> {
    const pid = await readFile(join(data, "register", "pid"), "utf8").catch(() => "");
    if (pid !== "") await until(() => !isRunning(Number(pid)));
    expect(await readdir(data).catch(() => [])).not.toContain("network.pid");
  }

  it("says that the folder has no belt", async () => {
    await expect(start({ belt: join(folder, "none") })).rejects.toMatchObject({
      code: "NOT_FOUND",
      at: join(folder, "none", "members.json"),
    });
    expect(steps).toEqual([]);
  });

  it.each([
    ["members.json", "{", "JSON_INVALID", "members.json:1:2"],
    ["belt.json", '{"belt":"Nothing"}', "INPUT_INVALID", "belt.json#/belt"],
    ["cases.json", "[]", "INPUT_INVALID", "cases.json#"],
    ["cases.json", "[1]", "INPUT_INVALID", "cases.json#/0"],
  ])("names what is wrong in the folder: %s is %s", async (file, text, code, at) => {
    const belt = await writeBelt();
    await writeFile(join(belt, file), text);
    await expect(start({ belt })).rejects.toMatchObject({ code, at: join(belt, at) });
    expect(steps).toEqual([]);
  });

  it("says that the ledger's URL is none, that nobody answers there, or no ledger", async () => {
    const belt = await writeBelt();
    const page = await serve((_, response) => response.end("<h1>Welcome</h1>"));
    const other = await serve((_, response) => response.end('{"result":"hello"}'));
    for (const [url, code, message] of [
      ["ftp://127.0.0.1", "USAGE_INVALID", "The ledger's URL is no http or https URL."],
      ["http://127.0.0.1:1", "LEDGER_UNREACHABLE", "No ledger answers at the URL."],
      [page, "LEDGER_UNREACHABLE", "No ledger answers at the URL."],
      [other, "LEDGER_UNREACHABLE", "What answers at the URL is no ledger's JSON-RPC node."],
    ] as const) {
      await expect(start({ belt, ledgerUrls: [url] })).rejects.toMatchObject({
        code,
        message,
        at: "--ledger",
      });
      await expectNothingLeft();
    }
  });

  it("says that several URLs are of different chains", async () => {
    const belt = await writeBelt();
    const another = await serve((_, response) => response.end('{"result":"0x1"}'));
    await expect(start({ belt, ledgerUrls: [await serve(chain), another] })).rejects.toMatchObject({
      code: "LEDGER_WRONG_CHAIN",
      message: "The URLs are of different chains.",
      at: "--ledger",
    });
    await expectNothingLeft();
  });

  it("ends what it has started when a program fails, and gives the program's last words", async () => {
    const belt = await writeBelt("console.error('the rows are missing'); process.exit(4);");
    await expect(start({ belt, ledgerUrls: [await serve(chain)] })).rejects.toMatchObject({
      code: "PROCESS_ENDED",
      message: "The seed seed.mjs of register ended with code 4: the rows are missing",
      at: join(data, "register", "seeds.log"),
    });
    await expectNothingLeft();
    const failed = steps.filter(({ state }) => state === "failed").map(({ step }) => step);
    expect(failed).toContain("sources");
    expect(steps.map(({ step }) => step)).not.toContain("contracts");
  });

  it("ends when it is told to, whatever it waits for", async () => {
    const belt = await writeBelt();
    const stopping = new AbortController();
    const starting = start({ belt, ledgerUrls: [await serve(chain)], signal: stopping.signal });
    await until(() => steps.some(({ step, state }) => step === "contracts" && state === "begins"));
    stopping.abort(new Error("enough"));
    await expect(starting).rejects.toThrow("enough");
    await expectNothingLeft();
  });

  it("ends when one of its processes ends meanwhile", async () => {
    const belt = await writeBelt();
    const starting = start({ belt, ledgerUrls: [await serve(chain)] });
    starting.catch(() => undefined);
    await until(() => steps.some(({ step, state }) => step === "contracts" && state === "begins"));
    process.kill(Number(await readFile(join(data, "register", "pid"), "utf8")), "SIGKILL");
    await expect(starting).rejects.toMatchObject({
      code: "PROCESS_ENDED",
      message: "The source rows of register ended by SIGKILL.",
    });
    await expectNothingLeft();
  });
});

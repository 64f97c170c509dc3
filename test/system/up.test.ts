import { access, readdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { openIdentity } from "../../nodes/identity.ts";
import { reservePorts } from "../../nodes/network/index.ts";
import { expected as hiring } from "../belts/hr-onboarding/belt.ts";
import { expected } from "../belts/mortgage-nl/files.ts";
import { closed } from "../support/closed.ts";
import { errorLine, run, start } from "../support/command.ts";
import { temporaryFolder } from "../support/folder.ts";
import { isRunning } from "../support/process.ts";
import { until } from "../support/until.ts";

/** What `belt up --json` prints, as far as is looked at here. */
const Summary = z.object({
  belt: z.object({ name: z.string(), version: z.string() }),
  sheet: z.object({ state: z.string() }),
  cases: z.array(z.object({ reference: z.string(), state: z.string(), answer: z.string() })),
  totals: z.object({
    cases: z.int(),
    hops: z.int(),
    ledger: z.object({ anchored: z.int(), reports: z.int() }),
  }),
  network: z.object({
    data: z.string(),
    setAside: z.array(z.string()),
    members: z.array(z.object({ name: z.string(), address: z.string(), api: z.string(), pid: z.int() })),
  }),
});

const two = ["up", "--members", "2"];

/** The ports that a network of two members takes from a first one on, the chain's as well. */
async function portsFrom(base: number) {
  const members = await reservePorts(
    base,
    Array.from({ length: 4 }, () => "a member"),
  );
  const [first = 0] = members.ports;
  const chain = await reservePorts(first + 100, ["the chain"]);
  await Promise.all([members.release(), chain.release()]);
  return first;
}

describe("belt up", { timeout: 120_000 }, () => {
  it("has the cases travel, says so in plain lines, and leaves nothing behind", async () => {
    const base = await portsFrom(0);
    const temporary = await temporaryFolder();
    const { code, stdout, stderr } = await run([...two, "--once", "--port", String(base)], {
      env: { TMPDIR: temporary },
    });
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).not.toContain("\u001b");
    for (const line of [
      /^Chain: http:\/\/127\.0\.0\.1:\d+ \(\d+\.\d s\)\.$/m,
      /^Nodes, a process each: 2 are ready \(\d+\.\d s\)\.$/m,
      /^Offers: 8 on the ledger /m,
      /^Station income: all 24 cases; 23 done, 1 unprocessable\.$/m,
      /^24 cases in \d+\.\d seconds\.$/m,
      /^192 hops: a signed receipt each; 192 receipts are anchored on the ledger\.$/m,
      /^\d+ transactions on the ledger, which hold 1 booking, 8 stations' reports, 8 payments, \d+ anchored heads\.$/m,
      /^Credit: 26400 escrowed, 22950 paid for what is done, 3450 refunded; nothing is left in escrow\.$/m,
      /^By hand: 375 minutes a case, 150 hours of work for the 24\. An assumption, not a measurement/m,
    ]) {
      expect(stdout).toMatch(line);
    }
    for (const [place, { reference, answer }] of expected.entries()) {
      const state = answer ?? "not done";
      expect(stdout, `case ${place}`).toMatch(new RegExp(`^${reference} +${state} +\\d+\\.\\d`, "m"));
    }
    expect(stdout).toMatch(
      /^TEST-16 .* income unprocessable: The income register does not know this person\.$/m,
    );
    expect((await readdir(temporary)).filter((name) => name.startsWith("belt-"))).toEqual([]);
    expect(await portsFrom(base)).toBe(base);
  });

  it("answers for people what the belt's folder has, when it is to end by itself", async () => {
    const { code, stdout, stderr } = await run([
      ...two,
      "--belt",
      "hr-onboarding",
      "--once",
      "--port",
      "0",
      "--json",
    ]);
    expect([code, stderr]).toEqual([0, ""]);
    const { cases: outcomes, network } = Summary.parse(JSON.parse(stdout));
    expect(outcomes.map(({ answer }) => answer || null)).toEqual(hiring.map(({ answer }) => answer));
    expect(network.members.some(({ pid }) => isRunning(pid))).toBe(false);
    await expect(access(network.data)).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("names a port that is in use before it starts anything", async () => {
    const base = await portsFrom(0);
    const server = createServer().listen(base + 1, "127.0.0.1");
    onTestFinished(() => void server.close());
    const temporary = await temporaryFolder();
    const { code, stdout, stderr } = await run([...two, "--port", String(base)], {
      env: { TMPDIR: temporary },
    });
    expect(code).toBe(2);
    expect(stderr.split("\n").at(-2)).toBe(
      `PORT_IN_USE: Port ${base + 1}, for the operator API of lender, is in use (at --port). Stop what listens there, or choose another port in the configuration.`,
    );
    expect(stdout).toBe("Ports: failed.\n");
  });

  it.each([
    ["members", ["--members", "1"]],
    ["members", ["--members", "51"]],
  ])("refuses an impossible number of %s: %j", async (_, args) => {
    const { code, stderr } = await run(["up", ...args]);
    expect(code).toBe(2);
    expect(stderr).toMatch(errorLine("USAGE_INVALID", "--members"));
  });

  it("is broken off by Ctrl-C, and leaves nothing", async () => {
    const base = await portsFrom(0);
    const temporary = await temporaryFolder();
    const up = start([...two, "--port", String(base)], { env: { TMPDIR: temporary } });
    await until(() => up.stdout().includes("Contracts: "), { what: "the contracts", limit: 60_000 });
    up.child.kill("SIGINT");
    const { code, stderr } = await up.ended;
    expect([code, stderr]).toEqual([130, ""]);
    expect((await readdir(temporary)).filter((name) => name.startsWith("belt-"))).toEqual([]);
    expect(await portsFrom(base)).toBe(base);
  });

  it("runs a belt of one's own from its folder, and ends at once at the second Ctrl-C", async () => {
    const belt = await writeBelt(await temporaryFolder());
    const temporary = await temporaryFolder();
    const up = start(["up", "--belt", belt, "--port", "0", "--json"], { env: { TMPDIR: temporary } });
    const { cases: outcomes, network } = await summaryOf(up.stdout);
    expect(outcomes).toMatchObject([{ reference: "ONE", answer: "42" }]);
    const processes = network.members.map(({ pid }) => pid);
    // It cannot end in good order any more.
    process.kill(processes[0] ?? 0, "SIGSTOP");
    up.child.kill("SIGINT");
    await until(() => !isRunning(processes[1] ?? 0), { what: "the end of the other node" });
    expect(isRunning(processes[0] ?? 0)).toBe(true);
    up.child.kill("SIGINT");
    expect(await up.ended).toMatchObject({ code: 130, stderr: "" });
    await until(() => !processes.some(isRunning), { what: "the end of all nodes" });
  });

  it("takes its processes along when it is killed, and takes up its members again on another chain", async () => {
    const data = join(await temporaryFolder(), "data");
    const args = ["up", "--belt", await writeBelt(await temporaryFolder()), "--port", "0", "--data", data];
    const first = start([...args, "--json"]);
    const before = await summaryOf(first.stdout);
    expect(before).toMatchObject({
      belt: { name: "doubles" },
      sheet: { state: "finished" },
      totals: { cases: 1, hops: 1, ledger: { anchored: 1, reports: 1 } },
      network: { data, setAside: [] },
    });
    const processes = before.network.members.map(({ pid }) => pid);
    expect(processes.every(isRunning)).toBe(true);
    first.child.kill("SIGKILL");
    await first.ended;
    await until(() => !processes.some(isRunning), { what: "the end of its processes" });

    // The lines that a reader is told to try next are tried.
    const second = start(args);
    await until(() => second.stdout().includes("Try next"), { what: "the banner", limit: 90_000 });
    const lines = await until(() => {
      const found = second.stdout().match(/(?<=^ {2}npx belt ).*$/gm) ?? [];
      return found.length === 3 && found;
    });
    expect(second.stdout().match(/The store of an earlier chain is kept in .*/g)).toHaveLength(2);
    const [shown, bookings, booked] = await Promise.all(lines.map((line) => run(line.split(" "))));
    expect([shown?.code, bookings?.code, booked?.code]).toEqual([0, 0, 0]);
    expect(shown?.stdout).toContain('"answer": "42"');
    expect(bookings?.stdout).toMatch(/shop/);
    expect(booked?.stdout).toContain("1 of 1 cases are done");
    second.child.kill("SIGINT");
    const { code, stderr } = await second.ended;
    expect([code, stderr]).toEqual([0, ""]);
    const { address } = await openIdentity(join(data, "shop"));
    expect(before.network.members[0]).toMatchObject({ name: "shop", address });
    expect(await readdir(data)).toEqual(["deployment.json", "maker", "shop"]);
  });
});

/** Writes the folder of a belt with one station and one case; the belt's folder. */
async function writeBelt(folder: string): Promise<string> {
  const text = { type: "string" };
  const whole = { type: "integer" };
  const library = new URL("../../nodes/index.ts", import.meta.url).href;
  const station = `
    import { defineStation } from ${JSON.stringify(library)};
    export default defineStation({
      name: "double",
      version: "1.0.0",
      input: ${JSON.stringify(closed({ n: whole }))},
      output: ${JSON.stringify(closed({ answer: text }))},
      process: ({ n }: { n: number }) => ({ answer: String(2 * n) }),
    });
  `;
  const files = {
    "double.ts": station,
    "cases.json": JSON.stringify([{ reference: "ONE", n: 21 }]),
    "belt.json": JSON.stringify({
      belt: "doubles",
      version: "1",
      parent: null,
      title: { en: "Doubles" },
      case: closed({ reference: text, n: whole }),
      stations: { double: { offer: "maker/double", needs: { "/n": "case#/n" } } },
      result: { "/answer": "double#/answer" },
    }),
    "members.json": JSON.stringify({
      belt: "belt.json",
      cases: "cases.json",
      consumer: "shop",
      members: [
        { name: "shop", kinds: ["consumer"] },
        {
          name: "maker",
          kinds: ["producer"],
          stations: [{ module: "double.ts", price: 1, deadlineSeconds: 60, capacity: 10 }],
        },
      ],
    }),
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return folder;
}

/** Waits until all of the summary is there. */
function summaryOf(stdout: () => string): Promise<z.infer<typeof Summary>> {
  return until(() => stdout().endsWith("}\n") && Summary.parse(JSON.parse(stdout())), {
    what: "the summary",
    limit: 90_000,
    every: 50,
  });
}

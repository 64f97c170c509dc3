import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { JsonRpcProvider } from "ethers";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Case, Readiness } from "../../nodes/api/index.ts";
import {
  type Chain,
  chainAccount,
  deploy,
  type LedgerReader,
  localHost,
  startChain,
} from "../../nodes/ledger/index.ts";
import type { Network } from "../../nodes/network/index.ts";
import { cases, expected, golden } from "../belts/mortgage-nl/files.ts";
import { type CollectedSpan, type Collector, roots, startCollector } from "../support/collector.ts";
import {
  type Forge,
  forged,
  hasUnsent,
  openForge,
  post,
  refused,
  unsentTrays,
} from "../support/forgedTrays.ts";
import {
  anchored,
  beltFolder,
  ended,
  readLedger,
  startTestNetwork,
  statusesOnLedger,
  type TestNetwork,
} from "../support/network.ts";
import { isRunning } from "../support/process.ts";
import { audit, hashOf, receiptsOfConsumer } from "../support/receiptAudit.ts";
import { until } from "../support/until.ts";
import { foundIn, logsOf, metricsOf, tellingValues } from "./seen.ts";

/** One network for the whole story: what a test does, the next ones find. */
describe("a mortgage belt with seven members, each a process", { timeout: 120_000 }, () => {
  let chain: Chain;
  let running: TestNetwork;
  let network: Network;
  let ledger: LedgerReader;
  /** How many cases were booked so far. */
  let travelled = 0;
  let forge: Forge;
  let collector: Collector;
  /** What of the cases and their results nobody but the stations is to see. */
  const secrets = new Set(
    cases.flatMap(({ reference, person, partner, loan, home }) =>
      [reference, person, partner, loan, home].flatMap(tellingValues),
    ),
  );

  beforeAll(async () => {
    // A chain of the test's own, which it can end.
    chain = await startChain();
    collector = await startCollector();
    // For all nodes, also for those that are started later.
    vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url);
    vi.stubEnv("BELT_LOG_LEVEL", "debug");
    running = await startTestNetwork({ belt: beltFolder("mortgage-nl"), ledgerUrls: [chain.url] });
    network = running.network;
    ledger = await readLedger(network);
  }, 120_000);

  afterAll(async () => {
    await ledger?.close();
    await running?.end();
    await chain?.stop();
    await collector?.close();
    vi.unstubAllEnvs();
  }, 60_000);

  /** The cases so many times over, and what is expected of each. */
  const times = (count: number) => ({
    cases: Array.from({ length: count }, () => cases).flat(),
    expected: Array.from({ length: count }, () => expected).flat(),
  });

  async function book(given = cases): Promise<string> {
    const { sheet } = await network.consumer.operations.book({ belt: network.beltId, cases: [...given] });
    travelled += given.length;
    return sheet;
  }

  const statusesOf = ({ stations }: Case): Record<string, string> =>
    Object.fromEntries(Object.entries(stations).map(([station, { status }]) => [station, status]));

  describe("24 applications", () => {
    let results: readonly Case[];
    let sheet: string;

    beforeAll(async () => {
      sheet = await book();
      results = await ended(network, sheet);
    }, 120_000);

    it("end at every station as they should", () => {
      expect(results.map(statusesOf)).toEqual(expected.map(({ stations }) => stations));
    });

    it("get the answers, reasons and amounts that they should", () => {
      const answers = results.map(({ result = {} }) => result);
      for (const [
        place,
        { answer, reasons, maximumLoan, monthlyPayment, testRate, nhg },
      ] of expected.entries()) {
        const { [place]: given = {} } = answers;
        expect(given["answer"] ?? null).toBe(answer);
        expect(given["reasons"] ?? []).toMatchObject(reasons.map((code) => ({ code })));
        expect(given["maximumLoan"] ?? null).toBe(maximumLoan);
        expect(given["monthlyPayment"]).toBe(monthlyPayment);
        expect(given["testRate"]).toBe(testRate);
        // A case that is not done has no result, whatever some of its stations found.
        expect(given["nhg"]).toEqual(answer === null ? undefined : nhg);
      }
    });

    it("agree with every golden application to the cent", () => {
      const carried = expected.flatMap(({ golden: number }, place) =>
        number === undefined ? [] : [{ number, place }],
      );
      expect(carried.map(({ number }) => number)).toEqual(golden.map((_, index) => index + 1));
      for (const { number, place } of carried) {
        const euros = golden[number - 1]?.maximumLoan ?? Number.NaN;
        expect(results[place]?.result?.["maximumLoan"]).toBe(Math.round(euros * 100));
      }
    });

    it("say clearly why two of them have no answer, and the others are unharmed", () => {
      const without = results.filter(({ state }) => state !== "done");
      expect(without.map(({ case: number, state, reason }) => ({ number, state, reason }))).toEqual([
        {
          number: 15,
          state: "not done",
          reason: {
            station: "income",
            status: "unprocessable",
            text: "The income register does not know this person.",
          },
        },
        {
          number: 16,
          state: "not done",
          reason: {
            station: "valuation",
            status: "failed",
            text: expect.stringMatching(/^The service answered 503; tried 3 times/),
          },
        },
      ]);
    });

    it("stand on the ledger as the consumer saw them", async () => {
      expect(await statusesOnLedger({ network, ledger }, sheet)).toEqual(results.map(statusesOf));
    });

    it("leave a receipt for each station in an anchored log", async () => {
      await until(
        () => Object.values(anchored(network, ledger)).reduce((sum, size) => sum + size, 0) === 24 * 8,
      );
      expect(anchored(network, ledger)).toEqual({
        lender: 0,
        "identity-desk": 24,
        "income-register": 24,
        "credit-registry": 24,
        "student-loans": 24,
        valuers: 24,
        "norms-desk": 72,
      });
    });
  });

  describe("whoever looks at it from outside", () => {
    let sheet: string;
    beforeAll(async () => {
      const [first] = await network.consumer.operations.sheets();
      sheet = first?.sheet ?? "";
      for (const { result } of await network.consumer.operations.cases(sheet)) {
        for (const value of tellingValues(result)) secrets.add(value);
      }
    });

    it("sees one connected trace across all seven members, without what is in the cases", async () => {
      const stations = Object.keys(network.belt.template.stations);
      const worked = (spans: readonly CollectedSpan[], station: string): number =>
        spans
          .filter(({ name }) => name === `process ${station}`)
          .reduce((sum, { attributes }) => sum + Number(attributes["belt.cases"]), 0);
      const spans = await until(
        () => {
          const own = collector.spans.filter(({ attributes }) => attributes["belt.sheet"] === sheet);
          const accepted = own.filter(({ name }) => name.startsWith("accept ")).length;
          const sent = own.filter(({ name }) => name.startsWith("send ")).length;
          const whole = stations.every((station) => worked(own, station) === 24);
          return whole && accepted === sent && roots(own).length === 1 && own;
        },
        { what: "a trace without a gap" },
      );
      expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
      expect(roots(spans)).toMatchObject([{ name: "book", service: { "service.name": "lender" } }]);
      expect(new Set(spans.map(({ service }) => service["service.name"]))).toEqual(
        new Set(network.members.map(({ name }) => name)),
      );
      // The same search finds all of them where they are.
      const [first] = await network.consumer.operations.sheets();
      const results = await network.consumer.operations.cases(first?.sheet ?? "");
      expect(foundIn(JSON.stringify([cases, results]), secrets)).toEqual([...secrets]);
      expect(secrets.size).toBeGreaterThan(100);
      expect(foundIn(collector.texts.join("\n"), secrets)).toEqual([]);
    });

    it("reads from the metrics how every edge does, and how the ledger is followed", async () => {
      const value = async (name: string, series: string): Promise<number> => {
        const line = (await metricsOf(network.member(name)))
          .split("\n")
          .find((each) => each.startsWith(`${series} `));
        return Number(line?.slice(series.length));
      };
      expect(await value("norms-desk", 'belt_tray_items_sum{edge="income>affordability"}')).toBe(24);
      expect(
        await value("income-register", 'belt_tray_delivery_seconds_sum{edge="income>affordability"}'),
      ).toBeGreaterThan(0);
      expect(await value("income-register", 'belt_receipts_total{station="income",status="done"}')).toBe(23);
      expect(await value("income-register", "belt_store_sync_seconds_count")).toBeGreaterThan(1);
      expect(await value("income-register", "belt_ready")).toBe(1);
      expect(await value("income-register", "belt_ledger_block")).toBeGreaterThan(10);
      await until(async () => (await value("lender", 'belt_open_sheets{part="consumer"}')) === 0);
      expect(await value("income-register", "belt_anchor_lag_seconds")).toBe(0);
      expect(await value("income-register", "belt_pending_transactions")).toBe(0);
    });
  });

  it("a member that joins late catches up, and is served", async () => {
    const late = await network.add();
    const { operations } = late;
    const [status, own, consumers] = await Promise.all([
      operations.status(),
      operations.offers({ mine: false }),
      network.consumer.operations.offers({ mine: false }),
    ]);
    expect(status).toMatchObject({ ready: true, name: late.name });
    expect(status.ledger.block).toBeGreaterThanOrEqual(ledger.view.head?.number ?? Number.NaN);
    expect(own).toEqual(consumers);
    expect(own).toHaveLength(8);
    // It has neither the belt's document nor any other yet: it fetches what it needs.
    const { sheet } = await operations.book({ belt: "mortgage-nl", cases: cases.slice(0, 2) });
    await until(async () => (await operations.sheet(sheet)).state === "finished");
    const answers = (await operations.cases(sheet)).map(({ result }) => result?.["answer"]);
    expect(answers).toEqual(expected.slice(0, 2).map(({ answer }) => answer));
    travelled += 2;
  });

  describe("240 applications, while nodes die", () => {
    let sheet: string;
    /** What the consumer had ready for the identity desk when it died: sealed trays, byte for byte. */
    let unsent: readonly Uint8Array[];
    let results: readonly Case[];
    /** How many cases were open at a station when its node, or the consumer's, died. */
    let openAtDeath: Record<string, number>;

    /** Waits until the consumer has the first receipts of a station, and gives how many it has not. */
    const openOnceBegun = (station: string) =>
      until(
        async () => {
          const { stations } = await network.consumer.operations.sheet(sheet);
          const open = stations.find((each) => each.station === station)?.open ?? Number.NaN;
          return open < 240 && { open };
        },
        { what: `receipts of ${station}`, every: 2 },
      ).then(({ open }) => open);

    beforeAll(async () => {
      const [desk, register, consumer] = ["identity-desk", "income-register", "lender"].map(network.member);
      if (desk === undefined || register === undefined || consumer === undefined)
        throw new Error("Who is there?");
      await desk.stop();
      sheet = await book(times(10).cases);
      await until(() => hasUnsent(consumer), { what: "trays for the desk that is away" });
      await consumer.kill();
      unsent = await unsentTrays(consumer, desk);
      await Promise.all([consumer.start(), desk.start()]);
      // Each dies when it has begun, and before it is through.
      openAtDeath = { income: await openOnceBegun("income") };
      await register.kill();
      await register.start();
      openAtDeath["decision"] = await openOnceBegun("decision");
      process.kill(consumer.pid ?? 0, "SIGKILL");
      await until(() => running.crashes.length > 0, { what: "the report of the crash" });
      await consumer.start();
    }, 120_000);

    it("begins where the consumer left off: its trays were sealed before it died", () => {
      expect(unsent.length).toBeGreaterThan(0);
    });

    it("loses nodes in the middle of it", () => {
      expect(Object.keys(openAtDeath)).toEqual(["income", "decision"]);
      for (const open of Object.values(openAtDeath)) expect(open).toBeGreaterThan(0);
    });

    it("is told of a node that ends by itself, and not of those that were asked to", async () => {
      const log = join(network.consumer.folder, "node.log");
      expect(running.crashes).toMatchObject([
        {
          name: "the node of lender",
          problem: {
            code: "PROCESS_ENDED",
            message: expect.stringMatching(/^The node of lender ended by SIGKILL/),
          },
        },
      ]);
      const [crash] = running.crashes;
      expect(crash?.problem.at).toBe(log);
      // What it wrote last depends on when it died.
      const written = (await readFile(log, "utf8")).split("\n");
      expect(crash?.lines.length).toBeGreaterThan(0);
      expect(written).toEqual(expect.arrayContaining([...(crash?.lines ?? [])]));
    });

    it("ends every case as if nobody had died", async () => {
      results = await ended(network, sheet);
      expect(results.map(statusesOf)).toEqual(times(10).expected.map(({ stations }) => stations));
      expect(results.map(({ result }) => result?.["maximumLoan"] ?? null)).toEqual(
        times(10).expected.map(({ maximumLoan }) => maximumLoan),
      );
      expect(await statusesOnLedger({ network, ledger }, sheet)).toEqual(results.map(statusesOf));
    });

    describe("is not changed by", () => {
      let before: Awaited<ReturnType<typeof state>>;

      /** How far every station is, and what is anchored. */
      const state = async () => ({
        sheet: await network.consumer.operations.sheet(sheet),
        anchored: anchored(network, ledger),
      });

      beforeAll(async () => {
        const [genuine = new Uint8Array()] = unsent;
        forge = await openForge(network, genuine);
        before = await state();
      });

      it("trays that come again: they are acknowledged again", async () => {
        const desk = network.member("identity-desk");
        for (const tray of unsent) expect(await post(desk, tray)).toMatchObject({ status: 200 });
        expect(await state()).toEqual(before);
      });

      it.each(refused)("$what: $code", async ({ status, code, body, to = "identity-desk", type }) => {
        const answer = await post(network.member(to), await body(forge), type);
        expect(answer).toMatchObject({ status, code });
        expect(await state()).toEqual(before);
      });

      it("any of these: every case is as it was", async () => {
        expect(await network.consumer.operations.cases(sheet)).toEqual(results);
      });
    });

    it("leaves logs that say which sheet, station and tray, and nothing that is in a case, nor a salt", async () => {
      const salts = forge.opened.items.flatMap(({ disclosed }) => disclosed.map(([, salt]) => salt));
      expect(salts.length).toBeGreaterThan(10);
      const logs = await logsOf(network);
      for (const [name, text] of logs) expect(foundIn(text, [...secrets, ...salts]), name).toEqual([]);
      const lines = (logs.get("income-register") ?? "").split("\n").filter((line) => line.startsWith("{"));
      const told = lines.map((line): unknown => JSON.parse(line));
      const edge = expect.stringMatching(/^[a-z-]+>[a-z-]+$/);
      expect(told).toContainEqual(
        expect.objectContaining({ msg: "tray accepted", sheet, edge, tray: expect.any(Number) }),
      );
      expect(told).toContainEqual(
        expect.objectContaining({ msg: "tray sent", sheet, edge, tray: expect.any(Number) }),
      );
      expect(told).toContainEqual(
        expect.objectContaining({
          msg: "cases finished",
          sheet,
          station: "income",
          cases: expect.any(Number),
        }),
      );
      expect(told).toContainEqual(
        expect.objectContaining({ msg: "sheet reported", sheet, station: "income" }),
      );
    });
  });

  describe("when the chain begins anew, with the same contracts at the same addresses", () => {
    let view: LedgerReader["view"];
    let blocks: number;
    let provider: JsonRpcProvider;

    beforeAll(async () => {
      const total = () => Object.values(anchored(network, ledger)).reduce((sum, size) => sum + size, 0);
      await until(() => total() === travelled * 8, { what: "the anchors of all receipts", limit: 60_000 });
      ({ view } = ledger);
      await ledger.close();
      const { port } = chain;
      await chain.stop();
      chain = await startChain({ port });
      provider = new JsonRpcProvider(chain.url, undefined, { cacheTimeout: -1, batchStallTime: 0 });
      const again = await deploy(chainAccount(0).connect(provider), { members: [localHost] });
      expect(again.directory).toBe(network.deployment.directory);
      expect(again.genesis).not.toBe(network.deployment.genesis);
      blocks = await provider.getBlockNumber();
    }, 120_000);

    afterAll(() => provider?.destroy());

    it("every node says so, and goes on running", async () => {
      for (const { name, apiUrl } of network.members) {
        const reasons = await until(
          async () => {
            const answer = await fetch(new URL("/readyz", apiUrl));
            const { reasons: given } = Readiness.parse(await answer.json());
            return answer.status === 503 && given.some((each) => each.startsWith("LEDGER_REPLACED")) && given;
          },
          { what: `the complaint of ${name}` },
        );
        expect(reasons).toEqual([expect.stringContaining("its first block is another one")]);
      }
      expect(network.pids.every(isRunning)).toBe(true);
      expect(running.crashes).toHaveLength(1);
    });

    it("no node takes work, books or writes", async () => {
      const desk = network.member("identity-desk");
      expect(await post(desk, await forged(forge))).toMatchObject({ status: 503, code: "NODE_PAUSED" });
      await expect(book()).rejects.toMatchObject({ code: "LEDGER_REPLACED" });
      expect(await provider.getBlockNumber()).toBe(blocks);
    });

    it("a node that is started anew says so as well", async () => {
      const valuers = network.member("valuers");
      await valuers.stop();
      await expect(valuers.start()).rejects.toMatchObject({
        code: "NODE_NOT_READY",
        message: expect.stringContaining("LEDGER_REPLACED"),
      });
      expect(await provider.getBlockNumber()).toBe(blocks);
    });

    it("what was done stays provable: one receipt for each case and station, in an anchored log", async () => {
      await Promise.all(network.members.map((member) => member.stop()));
      const audits = await Promise.all(network.members.map((member) => audit(member, view)));
      for (const { receipts, leaves, head, onLedger } of audits) {
        expect(head).toEqual(onLedger);
        expect(receipts.map(hashOf).toSorted()).toEqual(leaves.toSorted());
      }
      const made = audits.flatMap(({ receipts }) => receipts);
      const names = new Set(made.map(({ sheet, station, case: number }) => `${sheet}/${station}/${number}`));
      expect(names.size).toBe(made.length);
      expect(made).toHaveLength(travelled * 8);
      const given = await Promise.all(network.members.map(receiptsOfConsumer));
      expect(given.flat().map(hashOf).toSorted()).toEqual(made.map(hashOf).toSorted());
    });
  });
});

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chainAccount, type Ledger, type LedgerReader, type Submission } from "../../nodes/ledger/index.ts";
import { openRpc } from "../../nodes/ledger/rpc.ts";
import { Small } from "../../nodes/ledger/wire.ts";
import type { MemberNode, Network } from "../../nodes/network/index.ts";
import { HashText } from "../../pipeline/index/index.ts";
import { publishBelt } from "../nodes/ledger/testChain.ts";
import { hashOf as digestOf } from "../pipeline/index/ledger.ts";
import { beltFolder, readLedger, startTestNetwork, type TestNetwork } from "../support/network.ts";
import { isRunning } from "../support/process.ts";
import { audit, hashOf, receiptsOfConsumer } from "../support/receiptAudit.ts";
import { until } from "../support/until.ts";
import { type Applications, createApplications, untilSays } from "./applications.ts";
import { type Crowd, fund, openCrowd } from "./crowd.ts";
import { everythingOf, sameHeight } from "./endpoints.ts";
import { createFigures, inSeconds, perSecond } from "./figures.ts";
import { validatorProgram } from "./program.ts";
import { chainId, startValidators, type Validator } from "./validators.ts";

/** So many transactions of one account are on their way at once: the validators' pools drop what is beyond 64. */
const mostPending = 48;
const transactions = 2_000;
/** So many bookings of each size are measured. */
const bookings = 192;

const { say, figure, print } = createFigures();

/** One network for the whole story: what a test does, the next ones find. */
describe("on a network of five validators", () => {
  const stopping = new AbortController();
  const { signal } = stopping;
  const interrupted = () => stopping.abort(new Error("interrupted"));
  /** What is to be done at the end, the last first. */
  const endings: (() => unknown)[] = [];

  let folder: string;
  let validators: readonly Validator[];
  let running: TestNetwork;
  let network: Network;
  /** The members that have a part in the belt. */
  let working: readonly MemberNode[];
  let ledger: LedgerReader;
  let applications: Applications;
  let crowd: Crowd;

  const validator = (number: number): Validator =>
    validators[number - 1] ?? expect.fail(`validator ${number}`);
  const member = (place: number): Ledger => crowd.ledgers[place] ?? expect.fail(`member ${place}`);

  beforeAll(async () => {
    process.once("SIGINT", interrupted).once("SIGTERM", interrupted);
    const program = await validatorProgram(say, signal);
    folder = await mkdtemp(join(tmpdir(), "validators-"));
    endings.push(() => rm(folder, { recursive: true, force: true }));
    const begun = performance.now();
    say("Starting five validators");
    validators = await startValidators({ program, folder }, signal);
    endings.push(() => Promise.all(validators.map((each) => each.kill())));
    figure("five validators are ready after", inSeconds(performance.now() - begun));
  });

  afterAll(async () => {
    for (const end of endings.reverse()) await end();
    stopping.abort(new Error("over"));
    process.off("SIGINT", interrupted).off("SIGTERM", interrupted);
    print();
  });

  it("the validators know the opcodes that the contracts are compiled for", async () => {
    const rpc = openRpc({ url: validator(1).url, signal });
    // As a contract's creation: store 42 transiently, load it, copy it in memory, and give it back.
    const data = "0x602a5f5d5f5c5f5260205f60205e60206020f3";
    const answer = await rpc.call(HashText, "eth_call", [{ data }, "latest"]);
    expect(Number(answer)).toBe(42);
    expect(await rpc.call(Small, "eth_chainId")).toBe(chainId);
  });

  it("takes the contracts, seven members with a node each, and the mortgage belt", async () => {
    const begun = performance.now();
    await fund(validator(1).url, [chainAccount(0).address], 10_000n);
    running = await startTestNetwork({
      belt: beltFolder("mortgage-nl"),
      // Validators 4 and 5 are nobody's endpoint.
      ledgerUrls: [validator(1).url, validator(2).url, validator(3).url],
      signal,
      report: (step) => {
        if (step.state === "done") say(`  ${step.step}: ${step.note}`);
      },
    });
    endings.push(running.end);
    ({ network } = running);
    working = network.members;
    ledger = await readLedger(network);
    endings.push(ledger.close);
    applications = createApplications(network, ledger, signal);
    figure("contracts, members, nodes and belt are up after", inSeconds(performance.now() - begun));
  });

  it("decides on 24 applications: booked, travelled, reported, anchored, settled", async () => {
    const begun = performance.now();
    const sheet = await applications.book();
    const booked = performance.now();
    figure("a booking is in a block after", inSeconds(booked - begun));
    await applications.expectAnswers(sheet);
    figure("24 applications are answered after", inSeconds(performance.now() - booked));
    await applications.expectSettled(sheet);
    await applications.expectAnchored();
    figure("and reported, anchored and settled after", inSeconds(performance.now() - booked));
  });

  it("admits one more member by vote, who catches up", async () => {
    const begun = performance.now();
    const late = await network.add();
    expect(await late.operations.status()).toMatchObject({ ready: true, name: late.name });
    figure(
      "a member is proposed, voted in, admitted, and its node ready after",
      inSeconds(performance.now() - begun),
    );
  });

  it(`mines ${transactions} transactions of one account exactly once, in order, though its endpoint dies meanwhile`, async () => {
    const members = [validator(2), validator(4)].map(({ url }) => ({ url, mostPending }));
    crowd = await openCrowd({ folder, members }, signal);
    endings.push(crowd.close);
    const [writer, reader] = [member(0), member(1)];
    const sizes = Array.from({ length: transactions }, (_, place) => place + 1);
    let [mined, dropped, half] = [0, 0, 0];
    let death: Promise<void> | undefined;
    const onState = ({ state }: Submission) => {
      if (state === "dropped") dropped++;
    };
    const begun = performance.now();
    const written = await Promise.all(
      sizes.map(async (size) => {
        const anchor = await writer.anchor({ size, root: digestOf("head", size) }, { signal, onState });
        if (++mined % 500 === 0) say(`  ${mined} are mined`);
        if (mined === transactions / 2) half = performance.now() - begun;
        // With it goes its pool: whatever had not reached another validator.
        if (mined === 0.75 * transactions) death = restart(validator(2));
        return anchor;
      }),
    );
    await death;
    expect(new Set(written.map(({ transaction }) => transaction)).size).toBe(transactions);
    const rpc = openRpc({ url: validator(5).url, signal });
    for (const state of ["latest", "pending"]) {
      const count = () => rpc.call(Small, "eth_getTransactionCount", [writer.account, state]);
      await until(async () => (await count()) === transactions, {
        what: `all at validator 5, ${state}`,
        signal,
      });
    }
    const heads = () => reader.view.heads.get(writer.account) ?? [];
    await until(() => heads().length === transactions, { what: "all in another's view", signal });
    expect(heads().map(({ size }) => size)).toEqual(sizes);
    figure(
      `the first ${transactions / 2} of ${transactions} transactions of one account take`,
      inSeconds(half),
    );
    figure("that is, a second", perSecond(transactions / 2, half));
    figure("of which pools lost, and were sent again", String(dropped));
  });

  /** Ends a validator as a power cut does, and starts it again. */
  async function restart(each: Validator): Promise<void> {
    await each.kill();
    say(`  ${each.name}, the endpoint, is killed`);
    await each.restart();
    await each.ready(validators.length - 1);
    say(`  ${each.name} is back`);
  }

  it("books sheets of 1, 64 and 1,024 cases", async () => {
    const [producer, consumer] = [member(0), member(1)];
    const belt = await publishBelt(producer, "measured");
    await consumer.reached(producer.view.head?.number ?? 0, signal);
    const deadline = Math.floor(Date.now() / 1_000) + 3_600;
    const bookOne = (count: number, number: number) => {
      const root = digestOf("root", count, number);
      return consumer.book({ belt, root, count, deadline, maxCost: 10_000n }, { signal });
    };
    // The first booking also approves what bookings cost.
    await bookOne(1, -1);
    for (const count of [1, 64, 1_024]) {
      const begun = performance.now();
      const numbers = Array.from({ length: bookings }, (_, number) => number);
      const sheets = await Promise.all(numbers.map((number) => bookOne(count, number)));
      const took = performance.now() - begun;
      expect(new Set(sheets.map(({ sheet }) => sheet)).size).toBe(bookings);
      const cases = perSecond(bookings * count, took);
      figure(
        `bookings a second at sheets of ${count}`,
        `${perSecond(bookings, took)} (${cases} cases a second)`,
      );
    }
  });

  it("goes on with one validator killed", async () => {
    await validator(5).kill();
    say("  validator 5 is killed");
    const begun = performance.now();
    const sheet = await applications.book();
    await applications.expectAnswers(sheet);
    await applications.expectSettled(sheet);
    await applications.expectAnchored();
    figure(
      "with one of five killed, 24 applications are settled after",
      inSeconds(performance.now() - begun),
    );
  });

  it("halts with two killed; the nodes keep all work, say so, and finish when one is back", async () => {
    const rpc = openRpc({ url: validator(1).url, signal });
    const height = () => rpc.call(Small, "eth_blockNumber");
    const sheet = await applications.book();
    // A node whose endpoint dies before it has read of a booking cannot work on it meanwhile.
    const booked = await height();
    for (const { name, operations } of network.members) {
      const hasRead = async () => (await operations.status()).ledger.block >= booked;
      await until(hasRead, { what: `block ${booked} at ${name}`, signal });
    }
    await validator(3).kill();
    say("  validator 3 is killed as well");
    const begun = performance.now();
    // What was booked travels: only the ledger stands still.
    await applications.expectAnswers(sheet);
    const next = applications.book();
    next.catch(() => undefined);
    // Only who writes can tell that no block comes: the newcomer has nothing to write.
    for (const [place, node] of working.entries()) {
      await untilSays(node, place % 3 === 2 ? "LEDGER_UNREACHABLE" : "LEDGER_STALLED", signal);
    }
    figure("with two of five killed, every node says so after", inSeconds(performance.now() - begun));
    const stopped = await height();
    expect(network.pids.every(isRunning)).toBe(true);
    expect(applications.anchored()).toBeLessThan(applications.receipts);
    say(`  every node says that the ledger does not go on, at block ${stopped}`);
    const restarted = performance.now();
    await validator(3).restart();
    await until(async () => (await height()) > stopped, {
      what: "a block",
      limit: 120_000,
      every: 250,
      signal,
    });
    figure("started again, a killed validator brings blocks after", inSeconds(performance.now() - restarted));
    const other = await next;
    await applications.expectAnswers(other);
    await applications.expectSettled(sheet);
    await applications.expectSettled(other);
    await applications.expectAnchored();
    for (const node of network.members) await untilSays(node, undefined, signal);
    figure("and everything is settled by itself after", inSeconds(performance.now() - restarted));
    expect(running.crashes).toEqual([]);
  });

  it("says the same at every endpoint: blocks, events, read model", async () => {
    await validator(5).restart();
    await Promise.all(validators.map((each) => each.ready(validators.length - 1)));
    // Withdrawals come late: nobody writes any more.
    await Promise.all(network.members.map((node) => node.stop()));
    const deployments = [network.deployment, crowd.deployment];
    // What a node sent before it stopped may be mined yet: what is compared is of a height that stays.
    const [first, ...others] = await until(
      async () => {
        const height = await sameHeight(validators, signal);
        const said = await Promise.all(
          validators.map((each) => everythingOf(each, { height, deployments }, signal)),
        );
        return (await sameHeight(validators, signal)) === height && said;
      },
      { what: "an end of blocks", limit: 120_000, signal },
    );
    if (first === undefined) return expect.fail("There are five validators.");
    for (const other of others) expect(other).toEqual(first);
    const { blocks, events } = first;
    expect(events.length).toBeGreaterThan(transactions);
    figure("the five endpoints agree on", `${blocks.length} blocks and ${events.length} events`);
  });

  it("leaves a log of receipts at every member that is the one on the ledger", async () => {
    const audits = await Promise.all(network.members.map((node) => audit(node, ledger.view)));
    for (const { receipts, leaves, head, onLedger } of audits) {
      expect(head).toEqual(onLedger);
      expect(receipts.map(hashOf).toSorted()).toEqual(leaves.toSorted());
    }
    const made = audits.flatMap(({ receipts }) => receipts).map(hashOf);
    expect(made).toHaveLength(applications.receipts);
    const given = await Promise.all(network.members.map(receiptsOfConsumer));
    expect(given.flat().map(hashOf).toSorted()).toEqual(made.toSorted());
    figure("receipts in logs whose heads are on the ledger", String(made.length));
  });
});

import type { RandomBytes } from "../../pipeline/bytes.ts";
import type { BeltError } from "../../pipeline/errors.ts";
import type { Alarm } from "../stations/index.ts";
import { restoredOf, type Store } from "../store/index.ts";
import { createAtHand } from "./atHand.ts";
import { pauseBeforeAttempt } from "./attempts.ts";
import { type CaseStore, createCaseStore } from "./caseStore.ts";
import { openCatchUp } from "./catchUp.ts";
import { type Collector, createCollector } from "./collector.ts";
import { createCommitter } from "./committer.ts";
import { type Consumer, createConsumer } from "./consumer.ts";
import { createDeadlines } from "./deadlines.ts";
import { createDocuments, type Documents } from "./documents.ts";
import { createDues, watchDues } from "./dues.ts";
import { createForgetting } from "./forgetting.ts";
import { createGiving, type GiveCopies } from "./giving.ts";
import type { Holdings } from "./holdings.ts";
import { createInbox } from "./inbox.ts";
import { insist } from "./insist.ts";
import { createIntake } from "./intake.ts";
import { createLine, type Line } from "./line.ts";
import { createOutbox } from "./outbox.ts";
import { createPayments } from "./payments.ts";
import type { Clock, Ledger, LedgerNews, Self, Transport } from "./ports.ts";
import type { Processor } from "./processors.ts";
import { createProgress } from "./progress.ts";
import { createQuarantine, type Quarantine } from "./quarantine.ts";
import type { Queues } from "./queues.ts";
import { openReceiptLog, type ReceiptLog } from "./receiptLog.ts";
import { createRefusal } from "./refusal.ts";
import { createSettlement } from "./settlement.ts";
import { createSharing, type Share } from "./share.ts";
import { createSheets, manifestKey, type Sheets } from "./sheets.ts";
import type { Signals } from "./signals.ts";
import { createTracing } from "./tracing.ts";
import { createTrayNumbers } from "./trayNumbers.ts";
import { createWaits, type Waits } from "./waits.ts";
import { workOnCase } from "./work.ts";

export interface EngineParts {
  readonly store: Store;
  readonly ledger: Ledger;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly self: Self;
  readonly signals: Signals;
  /** Whether what is done gets a place in traces: signals tell it, and trays carry it on. */
  readonly traced?: boolean;
  /** This node's processors by the hash of their offer documents. */
  readonly processors: ReadonlyMap<string, Processor>;
  readonly limits: EngineLimits;
  /** What is shared with the other workers of the member; absent where the store is this process's alone. */
  readonly share?: Share | undefined;
  /** Ends work that takes too long; the machine's own timers when absent. */
  readonly alarm?: Alarm;
  readonly signal: AbortSignal;
}

export interface EngineLimits {
  /** Cases that processors may have in hand at one time. */
  readonly concurrency: number;
  /** Complete cases that may wait before trays are refused for a moment. */
  readonly backlog: number;
  /** Milliseconds after which receipts are anchored at the latest. */
  readonly anchorAfter: number;
  /** Milliseconds after which what is owed to the member is withdrawn. */
  readonly withdrawAfter: number;
}

export interface Engine {
  readonly consumer: Consumer;
  readonly cases: CaseStore;
  readonly collector: Collector;
  readonly documents: Documents;
  readonly sheets: Sheets;
  readonly waits: Waits;
  readonly quarantine: Quarantine;
  readonly log: ReceiptLog;
  /** The sheets that are this worker's; undefined where there are no others. */
  readonly holdings: Holdings | undefined;
  /** Takes a tray in; gives the signed acknowledgement. */
  accept(tray: Uint8Array): Promise<string>;
  /** Gives a partner copies of its own receipts, on a signed request. */
  copies: GiveCopies;
  /** The manifest of a sheet that this node knows, by its root. */
  manifest(root: string): Promise<Uint8Array | undefined>;
  /** Why no tray can be taken at the moment, if so. */
  refusal(): BeltError | undefined;
  /** The ledger has news: send off what was booked, forget what has closed, settle what was reported. */
  ledgerChanged(news: LedgerNews): void;
  load(): {
    readonly busy: number;
    readonly unwritten: number;
    readonly unsent: number;
    readonly unanchored: number;
    readonly quarantined: number;
  };
  /** What waits along each edge: cases at this node's stations, and trays to partners. */
  queues(): { readonly incoming: Queues; readonly outgoing: Queues };
  /** Milliseconds for which the oldest receipt waits that no anchored head covers. */
  anchorLag(): number;
  /** Resolves when the engine, after its signal was aborted, has let go of everything. */
  readonly stopped: Promise<void>;
}

/**
 * Puts the engine together and starts it: what an earlier process left unfinished is taken up first. Inbox, line,
 * committer, outbox and settlement are one direction; nothing reaches back.
 */
export async function startEngine(parts: EngineParts): Promise<Engine> {
  const { store, ledger, transport, clock, random, self, signals, processors, limits, share, signal } = parts;
  const tracing = parts.traced === true ? createTracing(random) : undefined;
  const shared = { store, ledger, transport, clock, random, self, signals, signal, tracing };
  const { copy = 0 } = (await restoredOf(store)) ?? {};
  const leads = share?.leads ?? true;
  const log = await openReceiptLog(store, ledger.anchored, share !== undefined);
  // A node whose log is not its own says so at once; nothing is appended to it, and no tray is taken.
  await log.check().catch((problem: unknown) => {
    signals.emit("trouble", { what: "go on with the log of receipts", problem });
  });
  const documents = createDocuments(shared);
  const catchUp = await openCatchUp({ ...shared, random: () => fraction(random), log, documents });
  const progress = createProgress(store);
  const numbers = createTrayNumbers(store, copy);
  const cases = createCaseStore(shared);
  const collector = createCollector({ cases, signals });
  const sheets = createSheets({ ...shared, documents, member: self.member, processors });
  const outbox = createOutbox({ ...shared, random: () => fraction(random) });
  const settling = { ...shared, log, progress, sheets };
  const settlement = leads
    ? createSettlement({
        ...{ ...settling, member: self.member, anchorAfter: limits.anchorAfter },
        random: () => fraction(random),
      })
    : createDues(settling);
  const waits: Waits = createWaits({ ...shared, line: () => line });
  const quarantine = createQuarantine({ ...shared, line: () => line });
  const line: Line = createLine({
    ...shared,
    concurrency: limits.concurrency,
    work: (job, input, resumed, aside) => workOnCase(job, input, { resumed, aside }, parts),
    finish: (finished) => committer.add(finished),
    again: ({ attempts, place }, outcome) => {
      const most = place.processor.common.attempts;
      return pauseBeforeAttempt(outcome, { attempts, most, random: fraction(random) });
    },
    hold(job, outcome, resumed) {
      const held = quarantine.hold(job, outcome, resumed);
      if (held) waits.heldBack(job);
      return held;
    },
    holds: quarantine.holds,
    wait: (job, outcome) => void waits.park(job, outcome),
    waited: waits.waited,
    trouble: (problem) => signals.emit("trouble", { what: "start to work on a case", problem }),
  });
  const intake = createIntake({ ...shared, line, progress });
  const committer = createCommitter({
    ...shared,
    log,
    copy,
    numbers,
    outbox,
    turn: share?.turn,
    releases: [intake.release, waits.release, quarantine.release],
    causesOf: intake.causesOf,
    written: settlement.written,
  });
  const refusal = createRefusal({ ...shared, catchUp, log, line, committer, backlog: limits.backlog });
  const inbox = createInbox({
    ...shared,
    sheets,
    refusal,
    hold:
      share &&
      (async (tray) => {
        const obstacle = catchUp.obstacle();
        if (obstacle !== undefined) throw obstacle;
        await sharing?.hold(tray);
      }),
    keep: async (tray, bytes) =>
      tray.edge.to === "result" ? collector.keep(tray) : intake.keep(tray, bytes),
    take: async (tray) => (tray.edge.to === "result" ? collector.take(tray) : intake.take(tray)),
  });
  const consumer = createConsumer({
    ...{ ...shared, cases, documents, sheets, numbers, outbox },
    jitter: () => fraction(random),
  });

  const atHand = createAtHand({
    ...{ ...shared, member: self.member },
    ...{ sheets, inbox, progress, cases, collector },
  });

  // What leaves the consumer is the lead's, whoever has the sheet.
  const unsent = { forget: (sheet: string) => outbox.forget(sheet, ({ edge }) => !isOwn(edge)) };
  const caches = { drop: [line, intake, waits, quarantine], forget: [progress, numbers, inbox, unsent] };
  const sharing =
    share &&
    createSharing({ ...shared, share, caches, quarantine, outbox, inbox, settlement, sheets, isOwn });
  const holdings = sharing?.holdings;
  const forgetting = createForgetting({
    ...{ ...shared, outbox, memory: caches.drop, sheets, progress },
    // What it has in the store is deleted by the worker that it is of.
    isOthers: (sheet) => holdings !== undefined && !leads && !holdings.has(sheet),
  });

  // Looked for before any tray is taken: what this process takes itself must not be opened a second time.
  const left = share === undefined ? await inbox.kept() : [];

  /** Takes up what an earlier process left, once the log is what it has to go on from. */
  async function begin(): Promise<void> {
    await catchUp.run(leads);
    if (share === undefined) await quarantine.recover();
    if (!leads) return;
    settlement.recover();
    forgetting.recover();
  }

  // A node that has to ask its partners first says so meanwhile.
  const begun =
    catchUp.obstacle() === undefined ? begin() : insist("take up what was left unfinished", begin, shared);
  if (catchUp.obstacle() === undefined) await begun;
  const own = { ...shared, member: self.member };
  const deadlines = createDeadlines(own);
  const { withdrawAfter } = limits;
  const payments = createPayments({
    ...{ ...own, cases, collector, documents, withdrawAfter },
    random: () => fraction(random),
  });
  const running = [
    outbox.run(signal, share && (({ edge }) => leads && isOwn(edge))),
    begun.then(() => settlement.run(signal)),
    // There may be many: what is opened is worked on, and what comes is taken, while the rest is opened.
    begun.then(() => inbox.recover(left)),
  ];
  if (leads) {
    running.push(deadlines.run(signal), payments.run(signal));
    void consumer.proceed();
  }
  if (leads && holdings) running.push(watchDues({ ...settling, settlement, holds: holdings.has }));

  return {
    consumer,
    cases,
    collector,
    documents,
    sheets,
    waits,
    quarantine,
    log,
    holdings: holdings && {
      ...holdings,
      async takeOver(sheets) {
        if (catchUp.obstacle() === undefined) return holdings.takeOver(sheets);
        // What was left is taken up once it is known what of it was done.
        void begun.then(() => insist("take over sheets", () => holdings.takeOver(sheets), shared));
      },
    },
    accept: inbox.accept,
    copies: createGiving({ ...shared, cases, documents }),
    manifest: (root) => store.get(manifestKey(root)),
    refusal,
    ledgerChanged({ takenBack, booked, closed, moved }) {
      for (const sheet of closed) forgetting.forget(sheet);
      atHand.letGo(moved);
      atHand.prepare(booked);
      if (!leads) return;
      deadlines.heard({ takenBack, booked });
      payments.heard({ takenBack, moved });
      void consumer.proceed();
    },
    load: () => ({
      busy: line.busy(),
      unwritten: committer.waiting(),
      unsent: outbox.waiting(),
      unanchored: settlement.unanchored(),
      quarantined: quarantine.size(),
    }),
    queues: () => ({ incoming: intake.queues(), outgoing: outbox.queues() }),
    anchorLag: settlement.anchorLag,
    stopped: Promise.all(running)
      .then(() => committer.settled())
      .then(() => {}),
  };
}

/** Whether an edge begins at a case of this member's own: what leaves there is the consumer's to send. */
const isOwn = (edge: string): boolean => edge.startsWith("case>");

/** A number from 0 up to, not including, 1. */
function fraction(random: RandomBytes): number {
  return Buffer.from(random(4)).readUInt32BE(0) / 2 ** 32;
}

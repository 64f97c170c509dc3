import { parseBelt, parseJson, planBelt } from "../../pipeline/belt/index.ts";
import type { Collector } from "./collector.ts";
import type { Documents } from "./documents.ts";
import type { BookedSheet, Clock, Ledger, LedgerReport } from "./ports.ts";
import { stationsOf } from "./sheets.ts";
import type { Signals } from "./signals.ts";

/** Sees to it that what is done is paid, and that what is owed to this member arrives. */
export interface Payments {
  /** The ledger has news of these sheets. */
  look(sheets: Iterable<string>): void;
  /** Runs until aborted. */
  run(signal: AbortSignal): Promise<void>;
}

export interface PaymentParts {
  readonly ledger: Ledger;
  readonly collector: Collector;
  readonly documents: Documents;
  readonly clock: Clock;
  readonly signals: Signals;
  readonly member: string;
  readonly signal: AbortSignal;
  /** What is owed is withdrawn after this many milliseconds, with all that is owed by then, in one transaction. */
  readonly withdrawAfter: number;
}

/** The longest time between two looks, in milliseconds: clocks can be set meanwhile. */
const longestWait = 30_000;
/** How long what failed rests before it is tried again, unless there is news first. */
const rest = 5_000;

/** One report that is not settled. */
interface Due {
  readonly booked: BookedSheet;
  readonly station: number;
  readonly report: LedgerReport;
}

/**
 * The consumer's side accepts every report that agrees with the receipts it has of all its cases, and leaves what
 * does not. The station's side settles what its consumer did not accept within the acceptance window.
 */
export function createPayments(parts: PaymentParts): Payments {
  const { ledger, collector, documents, clock, signals, member, signal, withdrawAfter } = parts;
  /** The sheets that have, or may have, a report to be settled. */
  const open = new Set<string>();
  /** Reports that differ from the receipts: these do not change any more. */
  const withheld = new Set<string>();
  const names = new Map<string, Promise<readonly string[]>>();
  let owedSince: number | undefined;
  let woken = new AbortController();

  function look(sheets: Iterable<string>): void {
    for (const sheet of sheets) open.add(sheet);
    woken.abort();
  }

  /** The reports of a sheet that this member has a part in, and that are not settled. */
  function dues(booked: BookedSheet): Due[] {
    const consumed = booked.consumer === member;
    const stations = consumed ? booked.offers.keys() : stationsOf(booked, parts);
    return [...stations].flatMap((station) => {
      const report = booked.reported.get(station);
      return report === undefined || report.settled ? [] : [{ booked, station, report }];
    });
  }

  function stationNames(belt: string): Promise<readonly string[]> {
    const known = names.get(belt) ?? readNames(belt);
    names.set(belt, known);
    known.catch(() => names.delete(belt));
    return known;
  }

  async function readNames(belt: string): Promise<readonly string[]> {
    const bytes = await documents.fetch(belt, [], signal);
    const document = parseBelt(parseJson(Buffer.from(bytes).toString("utf8"), { at: belt }));
    return planBelt(document).stations.map(({ name }) => name);
  }

  /** Whether the consumer has the station's receipt of every case, and each says what the report says. */
  async function agrees({ booked, station, report }: Due): Promise<boolean> {
    const { sheet, belt, count } = booked;
    const id = `${sheet}/${station}`;
    // What no receipts tell of, a person accepts, or it is settled after the window.
    if (withheld.has(id) || belt === undefined) return false;
    const name = (await stationNames(belt))[station] ?? "";
    const ended = (await collector.progress(sheet)).get(name) ?? new Map();
    if (ended.size < count) return false;
    const cases = [...ended].flatMap(([number, status]) =>
      report.statusOf(number) === status ? [] : [number],
    );
    if (cases.length === 0) return true;
    withheld.add(id);
    signals.emit("withheld", { sheet, station: name, cases });
    return false;
  }

  /** Settles a report if that is possible now; gives the time to look again, in milliseconds since 1970. */
  async function settle(due: Due): Promise<number | undefined> {
    const { booked, station, report } = due;
    const { sheet } = booked;
    if (booked.consumer === member && (await agrees(due))) {
      await ledger.accept(sheet, station);
      signals.emit("settled", { sheet, number: station });
      return undefined;
    }
    if (!stationsOf(booked, parts).includes(station)) return undefined;
    const end = (report.at + (await ledger.acceptanceWindow()) + 1) * 1_000;
    if (clock.now() < end) return end;
    await ledger.settle(sheet, station);
    signals.emit("settled", { sheet, number: station });
    return undefined;
  }

  async function withdraw(): Promise<number | undefined> {
    if (ledger.owed() === 0n) {
      owedSince = undefined;
      return undefined;
    }
    owedSince ??= clock.now();
    if (clock.now() < owedSince + withdrawAfter) return owedSince + withdrawAfter;
    await ledger.withdraw();
    owedSince = undefined;
    signals.emit("withdrawn", {});
    return undefined;
  }

  /** Does all that can be done now; gives the time to look again. */
  async function round(): Promise<number> {
    const booked = [...open].flatMap((id) => ledger.sheet(id) ?? []);
    const pending = booked.flatMap(dues);
    open.clear();
    for (const { booked: each } of pending) open.add(each.sheet);
    const work = pending.map((due) => attempt(`settle sheet ${due.booked.sheet}`, settle(due)));
    const times = await Promise.all(work);
    times.push(await attempt("withdraw what is owed", withdraw()));
    return Math.min(...times.flatMap((time) => time ?? []), clock.now() + longestWait);
  }

  function attempt(what: string, action: Promise<number | undefined>): Promise<number | undefined> {
    return action.catch((problem: unknown) => {
      if (!signal.aborted) signals.emit("trouble", { what, problem });
      return clock.now() + rest;
    });
  }

  // A receipt can come after the report, and is then what its acceptance waits for.
  signals.on("outcome", ({ receipt }) => {
    if (open.has(receipt.sheet)) woken.abort();
  });

  return {
    look,
    async run(until) {
      for (const booked of ledger.sheets()) if (dues(booked).length > 0) open.add(booked.sheet);
      while (!until.aborted) {
        woken = new AbortController();
        const news = AbortSignal.any([woken.signal, until]);
        const lasting = ledger.trouble()?.lasting === true;
        const next = lasting ? clock.now() + longestWait : await round();
        if (!news.aborted) await clock.sleep(Math.max(1, next - clock.now()), news);
      }
    },
  };
}

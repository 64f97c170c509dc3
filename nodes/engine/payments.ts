import { type AcceptanceParts, createAcceptance, type Due } from "./acceptance.ts";
import type { BookedSheet } from "./ports.ts";
import { stationsOf } from "./sheets.ts";

/** Sees to it that what is done is paid, and that what is owed to this member arrives. */
export interface Payments {
  /** The ledger has news of these sheets. */
  look(sheets: Iterable<string>): void;
  /** Runs until aborted. */
  run(signal: AbortSignal): Promise<void>;
}

export interface PaymentParts extends AcceptanceParts {
  readonly member: string;
  /** What is owed is withdrawn after this many milliseconds, with all that is owed by then, in one transaction. */
  readonly withdrawAfter: number;
}

/** The longest time between two looks, in milliseconds: clocks can be set meanwhile. */
const longestWait = 30_000;
/** How long what failed rests before it is tried again, unless there is news first. */
const rest = 5_000;
/** What the contracts give supervisors to decide a dispute, after the acceptance window, in seconds. */
const decisionLimit = 30 * 86_400;

/**
 * The consumer's side accepts what agrees with its receipts, and disputes what does not. The station's side settles
 * what its consumer did not accept within the acceptance window, and ends disputes that nobody decided in time.
 */
export function createPayments(parts: PaymentParts): Payments {
  const { ledger, clock, signals, member, signal, withdrawAfter } = parts;
  const accept = createAcceptance(parts);
  /** The sheets that have, or may have, a report to be settled. */
  const open = new Set<string>();
  /** Those of them that could not be accepted, and those of which receipts came in this round. */
  const lacking = new Set<string>();
  const receiving = new Set<string>();
  let owedSince: number | undefined;
  let woken = new AbortController();

  function look(sheets: Iterable<string>): void {
    for (const sheet of sheets) open.add(sheet);
    woken.abort("news");
  }

  function lack(sheet: string): void {
    lacking.add(sheet);
    if (receiving.has(sheet)) woken.abort("news");
  }

  /** The reports of a sheet that this member has a part in, and that are not paid in full. */
  function dues(booked: BookedSheet): Due[] {
    const consumed = booked.consumer === member;
    const stations = consumed ? booked.offers.keys() : stationsOf(booked, parts);
    return [...stations].flatMap((station) => {
      const report = booked.reported.get(station);
      const isOpen = report !== undefined && (!report.settled || report.inDispute);
      return isOpen ? [{ booked, station, report }] : [];
    });
  }

  /** Settles a report if that is possible now; gives the time to look again, in milliseconds since 1970. */
  async function settle(due: Due): Promise<number | undefined> {
    const { booked, station, report } = due;
    const { sheet } = booked;
    const accepted = booked.consumer === member ? await accept(due) : undefined;
    if (booked.consumer === member && accepted !== true) lack(sheet);
    if (accepted === true) {
      signals.emit("settled", { sheet, number: station });
      return undefined;
    }
    if (!stationsOf(booked, parts).includes(station)) return accepted;
    const window = await ledger.acceptanceWindow();
    const end = (report.at + window + (report.settled ? decisionLimit : 0) + 1) * 1_000;
    if (clock.now() < end) return Math.min(end, accepted ?? end);
    if (report.settled) await ledger.lapse(sheet, station);
    else {
      await ledger.settle(sheet, station);
      signals.emit("settled", { sheet, number: station });
    }
    return undefined;
  }

  async function withdraw(): Promise<number | undefined> {
    if (ledger.owed() === 0n) {
      owedSince = undefined;
      return undefined;
    }
    // A clock that was set back since then must not put it off by as much.
    owedSince = Math.min(owedSince ?? Number.POSITIVE_INFINITY, clock.now());
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
    lacking.clear();
    receiving.clear();
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
    if (lacking.has(receipt.sheet)) woken.abort("news");
    else if (open.has(receipt.sheet)) receiving.add(receipt.sheet);
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

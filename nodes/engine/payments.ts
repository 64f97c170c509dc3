import { type AcceptanceParts, createAcceptance, type Due } from "./acceptance.ts";
import type { BookedSheet, LedgerNews } from "./ports.ts";
import { asProblem, isRefusal } from "./problem.ts";
import { createRests } from "./rests.ts";
import { stationsOf } from "./sheets.ts";

/** Sees to it that what is done is paid, and that what is owed to this member arrives. */
export interface Payments {
  /** The ledger has news. */
  heard(news: Pick<LedgerNews, "moved" | "takenBack">): void;
  /** Runs until aborted. */
  run(signal: AbortSignal): Promise<void>;
}

export interface PaymentParts extends AcceptanceParts {
  readonly member: string;
  /** What is owed is withdrawn after this many milliseconds, with all that is owed by then, in one transaction. */
  readonly withdrawAfter: number;
  /** A number from 0 up to, not including, 1: the jitter of retries. */
  readonly random: () => number;
}

/** Reports of a sheet that are not accepted, and when to look at them again, in milliseconds since 1970. */
interface Left {
  readonly left: readonly Due[];
  readonly times: readonly number[];
}

/** The longest time between two looks, in milliseconds: clocks can be set meanwhile. */
const longestWait = 30_000;
/** How long the consumer waits, from a sheet's first report on, for the others, so that one transaction accepts all. */
const together = 10_000;
/** What the contracts give supervisors to decide a dispute, after the acceptance window, in seconds. */
const decisionLimit = 30 * 86_400;

const acceptanceOf = (sheet: string, station: number): string =>
  `accept the report of station ${station} of sheet ${sheet}`;

/**
 * The consumer's side accepts what agrees with its receipts, and disputes what does not. The station's side settles
 * what its consumer did not accept within the acceptance window, and ends disputes that nobody decided in time.
 */
export function createPayments(parts: PaymentParts): Payments {
  const { ledger, clock, signals, member, withdrawAfter } = parts;
  const examine = createAcceptance(parts);
  const rests = createRests(parts);
  /** When the first report of a sheet was seen whose others are waited for. */
  const waiting = new Map<string, number>();
  /** The sheets that have, or may have, a report to be settled. */
  const open = new Set<string>();
  /** Those of them that could not be accepted, and those of which receipts came in this round. */
  const lacking = new Set<string>();
  const receiving = new Set<string>();
  let owedSince: number | undefined;
  let woken = new AbortController();

  function findAll(): void {
    for (const booked of ledger.sheets()) if (dues(booked).length > 0) open.add(booked.sheet);
  }

  function heard({ moved, takenBack }: Parameters<Payments["heard"]>[0]): void {
    // What was settled in a block that was taken back is to be settled again, and nobody else may see to it. What was refused
    // may have been so for what counts no more.
    if (takenBack) {
      findAll();
      rests.forget();
    }
    for (const sheet of moved) open.add(sheet);
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

  /** When the consumer looks at the reports of a sheet, all of them if they come before long. */
  function timeToExamine({ sheet, offers, reported, expired }: BookedSheet): number {
    if (expired || [...offers.keys()].every((station) => reported.get(station) !== undefined)) return 0;
    // A clock that was set back since then must not put it off by as much.
    const since = Math.min(waiting.get(sheet) ?? Number.POSITIVE_INFINITY, clock.now());
    waiting.set(sheet, since);
    return since + together;
  }

  /** Accepts together what can be accepted of a sheet. Gives the others, and when to look at them again. */
  async function accept(booked: BookedSheet, pending: readonly Due[]): Promise<Left> {
    const { sheet } = booked;
    const time = timeToExamine(booked);
    if (time > clock.now()) return { left: pending, times: [time] };
    const examined = await Promise.all(
      pending.map(async (due) => {
        const { station } = due;
        const resting = rests.until(sheet, acceptanceOf(sheet, station));
        const what = `examine the report of station ${station} of sheet ${sheet}`;
        const found = resting ?? (await rests.attempt(sheet, what, () => examine(due)));
        return { due, found };
      }),
    );
    const agreed = examined.flatMap(({ due, found }) => (found === true ? [due.station] : []));
    if (agreed.length < pending.length) lack(sheet);
    const refused = agreed.length > 0 ? await acceptAgreed(sheet, agreed) : [];
    return {
      left: examined.flatMap(({ due, found }) => (found === true ? [] : [due])),
      times: [...examined.map(({ found }) => found), ...refused].filter((found) => typeof found === "number"),
    };
  }

  /** Accepts reports by one transaction, or one by one where the ledger refuses that; gives when to try again which fail. */
  async function acceptAgreed(sheet: string, agreed: readonly number[]): Promise<(number | undefined)[]> {
    const alone = (station: number) =>
      rests.attempt(sheet, acceptanceOf(sheet, station), () => acceptTogether(sheet, [station]));
    if (agreed.length > 1) {
      try {
        await acceptTogether(sheet, agreed);
        return [];
      } catch (problem) {
        if (!isRefusal(asProblem(problem))) throw problem;
      }
    }
    return Promise.all(agreed.map(alone));
  }

  async function acceptTogether(sheet: string, agreed: readonly number[]): Promise<undefined> {
    await ledger.accept(sheet, agreed);
    for (const number of agreed) signals.emit("settled", { sheet, number });
  }

  /** Settles the report of an own station if its consumer's time for that is over; gives the time to look again. */
  async function settle({ booked: { sheet }, station, report }: Due): Promise<number | undefined> {
    const window = await ledger.acceptanceWindow();
    const end = (report.at + window + (report.settled ? decisionLimit : 0) + 1) * 1_000;
    if (clock.now() < end) return end;
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

  /** Does what can be done now about a sheet's reports; gives the time to look again, in milliseconds since 1970. */
  async function see(booked: BookedSheet, pending: readonly Due[]): Promise<number> {
    const consumed = booked.consumer === member;
    const { left, times } = consumed ? await accept(booked, pending) : { left: pending, times: [] };
    const own = stationsOf(booked, parts);
    const settled = left
      .filter(({ station }) => own.includes(station))
      .map((due) => {
        const what = `settle the report of station ${due.station} of sheet ${booked.sheet}`;
        return rests.attempt(booked.sheet, what, () => settle(due));
      });
    const others = (await Promise.all(settled)).flatMap((time) => time ?? []);
    return Math.min(...times, ...others);
  }

  /** Does all that can be done now; gives the time to look again. */
  async function round(): Promise<number> {
    const sheets = [...open].flatMap((id) => ledger.sheet(id) ?? []);
    open.clear();
    lacking.clear();
    receiving.clear();
    const work = sheets.flatMap((booked) => {
      const pending = dues(booked);
      if (pending.length === 0) {
        waiting.delete(booked.sheet);
        rests.forget(booked.sheet);
        return [];
      }
      open.add(booked.sheet);
      const { sheet } = booked;
      return [rests.attempt(sheet, `settle sheet ${sheet}`, () => see(booked, pending))];
    });
    const times = await Promise.all(work);
    const withdrawal = await rests.attempt("", "withdraw what is owed", withdraw);
    return Math.min(...times, withdrawal ?? Number.POSITIVE_INFINITY, clock.now() + longestWait);
  }

  // A receipt can come after the report, and is then what its acceptance waits for.
  signals.on("outcome", ({ receipt }) => {
    if (lacking.has(receipt.sheet)) woken.abort("news");
    else if (open.has(receipt.sheet)) receiving.add(receipt.sheet);
  });

  return {
    heard,
    async run(until) {
      findAll();
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

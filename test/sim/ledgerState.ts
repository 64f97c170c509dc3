import type { OfferRecord } from "../../nodes/engine/index.ts";
import { BeltError } from "../../pipeline/errors.ts";
import type { Status } from "../../pipeline/receipt/index.ts";

/** A transaction: what a member has the ledger do. */
export type Transaction =
  | {
      readonly do: "book";
      readonly sheet: string;
      readonly belt: string;
      readonly root: string;
      readonly count: number;
      readonly deadline: number;
    }
  | {
      readonly do: "report";
      readonly sheet: string;
      readonly station: number;
      readonly exceptions: ReadonlyMap<number, Status>;
    }
  | {
      readonly do: "anchor";
      readonly size: number;
      readonly root: string;
      readonly frontier: readonly string[];
    }
  | { readonly do: "expire"; readonly sheet: string }
  | { readonly do: "accept" | "settle"; readonly sheet: string; readonly station: number }
  | { readonly do: "withdraw" };

/** A transaction that the contracts took, with whose it is and its block's time in seconds. */
export type LedgerEvent = Transaction & { readonly member: string; readonly at: number };

export interface SheetReport {
  readonly at: number;
  readonly exceptions: ReadonlyMap<number, Status>;
  settledBy: string | undefined;
}

export interface SheetState {
  readonly sheet: string;
  readonly belt: string;
  readonly offers: readonly string[];
  readonly consumer: string;
  readonly root: string;
  readonly count: number;
  readonly deadline: number;
  readonly reports: Map<number, SheetReport>;
  expired: boolean;
}

/** What does not change in a run: offers with their members and prices, and the offers of each belt. */
export interface Market {
  readonly offers: ReadonlyMap<string, OfferRecord & { readonly price: bigint }>;
  readonly belts: ReadonlyMap<string, readonly string[]>;
  /** Seconds. */
  readonly acceptanceWindow: number;
}

/** The contracts' state after so many events: the whole ledger's, or as far as one node has read. */
export class LedgerState {
  readonly sheets = new Map<string, SheetState>();
  readonly heads = new Map<
    string,
    { readonly size: number; readonly root: string; readonly frontier: readonly string[] }[]
  >();
  readonly owed = new Map<string, bigint>();
  readonly withdrawn = new Map<string, bigint>();
  /** What is in escrow for stations that have not been settled or closed. */
  escrow = 0n;
  readonly #market: Market;

  constructor(market: Market) {
    this.#market = market;
  }

  /** Why the contracts would refuse this, if so. */
  refusal(transaction: Transaction, member: string, at: number): BeltError | undefined {
    const reverted = (why: string) => new BeltError("LEDGER_REVERTED", why);
    if (transaction.do === "withdraw") {
      return this.owedTo(member) === 0n ? reverted("NothingOwed") : undefined;
    }
    if (transaction.do === "anchor") {
      const size = this.heads.get(member)?.at(-1)?.size ?? 0;
      return transaction.size <= size ? reverted(`HeadNotLarger: ${transaction.size}, ${size}`) : undefined;
    }
    const sheet = this.sheets.get(transaction.sheet);
    if (transaction.do === "book") {
      if (sheet !== undefined) return reverted("SheetExists");
      return transaction.deadline <= at ? reverted("DeadlineOutOfBounds") : undefined;
    }
    if (sheet === undefined) return reverted("SheetUnknown");
    if (transaction.do === "expire") {
      if (at <= sheet.deadline) return reverted("DeadlineNotPassed");
      return sheet.expired || sheet.reports.size === sheet.offers.length
        ? reverted("NothingToExpire")
        : undefined;
    }
    const worker = this.#market.offers.get(sheet.offers[transaction.station] ?? "")?.member;
    const report = sheet.reports.get(transaction.station);
    if (transaction.do === "report") {
      if (worker !== member) return reverted("NotStationMember");
      if (report !== undefined) return reverted("StationReported");
      return at > sheet.deadline ? reverted("DeadlinePassed") : undefined;
    }
    if (report === undefined) return reverted("StationUnreported");
    if (report.settledBy !== undefined) return reverted("StationSettledBefore");
    if (transaction.do === "accept") return sheet.consumer === member ? undefined : reverted("NotConsumer");
    return at <= report.at + this.#market.acceptanceWindow ? reverted("WindowOpen") : undefined;
  }

  apply(event: LedgerEvent): void {
    const { member, at } = event;
    switch (event.do) {
      case "withdraw":
        this.withdrawn.set(member, (this.withdrawn.get(member) ?? 0n) + this.owedTo(member));
        this.owed.delete(member);
        return;
      case "anchor":
        this.heads.set(member, [...(this.heads.get(member) ?? []), event]);
        return;
      case "book": {
        const { sheet, belt, root, count, deadline } = event;
        const offers = this.#market.belts.get(belt) ?? [];
        const booked = { sheet, belt, offers, root, count, deadline, consumer: member, reports: new Map() };
        this.sheets.set(sheet, { ...booked, expired: false });
        for (const station of offers.keys()) this.escrow += this.#price(offers, station) * BigInt(count);
        return;
      }
      case "report":
        this.#sheet(event.sheet).reports.set(event.station, {
          at,
          exceptions: event.exceptions,
          settledBy: undefined,
        });
        return;
      case "expire": {
        const sheet = this.#sheet(event.sheet);
        sheet.expired = true;
        for (const station of sheet.offers.keys()) {
          if (!sheet.reports.has(station)) this.#pay(sheet, station, 0);
        }
        return;
      }
      default: {
        const sheet = this.#sheet(event.sheet);
        const report = sheet.reports.get(event.station);
        if (report === undefined) throw new Error("a report that is settled is there");
        report.settledBy = member;
        this.#pay(sheet, event.station, sheet.count - report.exceptions.size);
      }
    }
  }

  owedTo(member: string): bigint {
    return this.owed.get(member) ?? 0n;
  }

  /** Moves a station's price out of escrow: so many cases to its member, the rest back to the consumer. */
  #pay({ offers, consumer, count }: SheetState, station: number, done: number): void {
    const price = this.#price(offers, station);
    const worker = this.#market.offers.get(offers[station] ?? "")?.member ?? "";
    this.escrow -= price * BigInt(count);
    for (const [member, cases] of [[worker, done] as const, [consumer, count - done] as const]) {
      if (cases > 0) this.owed.set(member, this.owedTo(member) + price * BigInt(cases));
    }
  }

  #price(offers: readonly string[], station: number): bigint {
    return this.#market.offers.get(offers[station] ?? "")?.price ?? 0n;
  }

  #sheet(id: string): SheetState {
    const sheet = this.sheets.get(id);
    if (sheet === undefined) throw new Error(`no sheet ${id}`);
    return sheet;
  }
}

import type { BookedSheet, Ledger, LedgerNews, LedgerReport, Partner } from "../../nodes/engine/index.ts";
import { BeltError } from "../../pipeline/errors.ts";
import { SimulatedLedger, unreachablePause } from "./ledger.ts";
import { type LedgerEvent, LedgerState, type Transaction } from "./ledgerState.ts";
import { byAddress, bySigningKey, type Member } from "./members.ts";
import { Process } from "./process.ts";

/**
 * The ledger as one member's node has it: as far as it has read, in the order of blocks, always somewhat late. What
 * was read is kept on the node's disk, so that the next process begins where this one ended.
 */
export class LedgerView {
  readonly state: LedgerState;
  #height = 0;
  readonly #ledger: SimulatedLedger;
  readonly #member: Member;
  readonly #members: readonly Member[];
  /** Those who wait for a height. */
  readonly #waiting = new Set<() => void>();

  constructor(ledger: SimulatedLedger, member: Member, members: readonly Member[]) {
    this.#ledger = ledger;
    this.#member = member;
    this.#members = members;
    this.state = new LedgerState(ledger.market);
  }

  get height(): number {
    return this.#height;
  }

  /** Follows the ledger for a process; `news` hears of everything from now on. */
  follow(process: Process, news: (news: LedgerNews) => void): void {
    let underWay = false;
    const look = (latest = 1_500): void => {
      if (!process.alive || underWay || this.#height >= this.#ledger.events.length) return;
      underWay = true;
      process.time.after(process.random.skewed(1, latest), () => {
        underWay = false;
        if (!process.alive) return;
        const reachable = this.#ledger.reachable(this.#member.address);
        if (reachable) news(this.#advance(process.random.int(1, this.#ledger.events.length - this.#height)));
        look(reachable ? undefined : unreachablePause);
      });
    };
    process.onDeath(this.#ledger.onBlock(() => look()));
    look();
  }

  #advance(blocks: number): LedgerNews {
    const events: readonly LedgerEvent[] = this.#ledger.events.slice(this.#height, this.#height + blocks);
    this.#height += events.length;
    for (const event of events) this.state.apply(event);
    for (const each of [...this.#waiting]) each();
    return {
      takenBack: false,
      booked: events.flatMap((event) => (event.do === "book" ? [event.sheet] : [])),
      closed: events.flatMap((event) => (event.do === "expire" ? [event.sheet] : [])),
      moved: events.flatMap((event) =>
        event.do === "withdraw" || event.do === "anchor" || event.do === "book" ? [] : [event.sheet],
      ),
    };
  }

  /** The engine's port for a process. */
  port(process: Process): Ledger {
    const { state } = this;
    const { address } = this.#member;
    const write = (name: string, transaction: Transaction, already: () => boolean): Promise<void> =>
      this.#write(process, name, transaction, already);
    return {
      trouble: () => undefined,
      // The answer may have come too late, or from before the block.
      look: () =>
        process.wait(process.random.skewed(1, 400), () => this.#height >= this.#ledger.events.length),
      sheetId: async (root) => SimulatedLedger.sheetId(address, root),
      sheet: (id) => this.#sheet(id),
      sheets: () => [...state.sheets.keys()].flatMap((id) => this.#sheet(id) ?? []),
      offer: (id) => this.#ledger.market.offers.get(id),
      partner: (member): Partner | undefined => byAddress(this.#members, member)?.partner,
      signer: (kid) => {
        const signer = bySigningKey(this.#members, kid);
        return signer && { key: signer.keys.verifying, members: [signer.address] };
      },
      mayUse: async () => false,
      foreign: () => process.wait(process.random.skewed(1, 400), () => this.#ledger.foreign(address)),
      anchored: () => state.heads.get(address)?.at(-1),
      frontier: () => process.wait(1, () => state.heads.get(address)?.at(-1)?.frontier),
      book: ({ belt, root, count, deadline }) => {
        const sheet = SimulatedLedger.sheetId(address, root);
        const transaction = { do: "book", sheet, belt, root, count, deadline } as const;
        return write(`book/${root}`, transaction, () => state.sheets.has(sheet));
      },
      isBeingBooked: (root) => this.#ledger.isUnderWay(address, `book/${root}`),
      report: ({ sheet, station, exceptions }) =>
        write(
          `report/${sheet}/${station}`,
          { do: "report", sheet, station, exceptions: new Map(exceptions) },
          () => state.sheets.get(sheet)?.reports.has(station) === true,
        ),
      anchor: ({ size, root }, frontier) =>
        write(`anchor/${size}/${root}`, { do: "anchor", size, root, frontier }, () => {
          const heads = state.heads.get(address) ?? [];
          return heads.some((head) => head.size === size && head.root === root);
        }),
      expire: (sheet) =>
        write(`expire/${sheet}`, { do: "expire", sheet }, () => state.sheets.get(sheet)?.expired === true),
      accept: async (sheet, stations) => {
        for (const station of stations) await this.#settle(write, "accept", sheet, station);
      },
      settle: (sheet, station) => this.#settle(write, "settle", sheet, station),
      dispute: ({ sheet, station }) => nobodyLies(`a dispute of ${sheet}/${station}`),
      lapse: (sheet, station) => nobodyLies(`the end of a dispute of ${sheet}/${station}`),
      acceptanceWindow: async () => this.#ledger.market.acceptanceWindow,
      owed: () => state.owedTo(address),
      withdraw: () =>
        write(`withdraw/${this.#height}`, { do: "withdraw" }, () => state.owedTo(address) === 0n),
    };
  }

  #settle(
    write: (name: string, transaction: Transaction, already: () => boolean) => Promise<void>,
    how: "accept" | "settle",
    sheet: string,
    station: number,
  ): Promise<void> {
    const report = () => this.state.sheets.get(sheet)?.reports.get(station);
    return write(
      `${how}/${sheet}/${station}`,
      { do: how, sheet, station },
      () => report()?.settledBy !== undefined,
    );
  }

  #sheet(id: string): BookedSheet | undefined {
    const sheet = this.state.sheets.get(id);
    if (sheet === undefined) return undefined;
    const get = (station: number): LedgerReport | undefined => {
      const report = sheet.reports.get(station);
      if (report === undefined) return undefined;
      const { at, settledBy, exceptions } = report;
      return {
        at,
        settled: settledBy !== undefined,
        inDispute: false,
        statusOf: (number) => exceptions.get(number) ?? "done",
      };
    };
    return { ...sheet, reported: { get, has: (station) => sheet.reports.has(station) } };
  }

  /** Writes once whatever happens, and resolves when this node has read it: see the ledger client. */
  async #write(
    process: Process,
    name: string,
    transaction: Transaction,
    already: () => boolean,
  ): Promise<void> {
    if (!process.alive) return Process.never();
    if (already()) return;
    if (!process.pass(`before ${transaction.do}`)) return Process.never();
    await process.wait(process.random.skewed(0.1, 20), () => {});
    const intent = this.#ledger.intend(this.#member.address, name, transaction);
    if (!process.pass(`after ${transaction.do}`)) return Process.never();
    await new Promise<void>((resolve, reject) => {
      const end = (finish: () => void): void => {
        this.#waiting.delete(look);
        intent.waiting.delete(look);
        cancel();
        if (process.alive) finish();
      };
      const look = (): void => {
        const { outcome } = intent;
        if (outcome === undefined) return;
        if ("refusal" in outcome) end(() => reject(outcome.refusal));
        else if (outcome.height <= this.#height) end(resolve);
      };
      // Some calls are given up while their transaction is still on its way.
      const cancel = process.random.chance(0.05)
        ? process.time.after(process.random.skewed(10, 5_000), () =>
            end(() => reject(new BeltError("LEDGER_UNREACHABLE", "The ledger's node does not answer."))),
          )
        : () => {};
      intent.waiting.add(look);
      this.#waiting.add(look);
      look();
    });
  }
}

/** Reports of simulated nodes are true, so that there is nothing to dispute. */
const nobodyLies = (what: string): Promise<never> => Promise.reject(new Error(`${what}, and nobody lies`));

import { createHash } from "node:crypto";
import type {
  BookedSheet,
  Dispute,
  Ledger,
  LedgerNews,
  LedgerReport,
  OfferRecord,
  Partner,
  Report,
} from "../../nodes/engine/index.ts";
import { toHex } from "../../pipeline/bytes.ts";
import { BeltError } from "../../pipeline/errors.ts";
import { publicKey, thumbprint } from "../../pipeline/tray/index.ts";

/** A profile as the ledger has it: keys are 32 raw bytes in hexadecimal. */
export interface SimulatedProfile {
  readonly url: string;
  readonly signingKey: string;
  readonly sealingKey: string;
  readonly active: boolean;
}

interface Booked extends BookedSheet {
  readonly reports: Map<number, Report>;
  readonly settlers: Map<number, string>;
  /** What is in dispute, by the stations' numbers. */
  readonly disputes: Map<number, Dispute>;
}

/** What all members of a simulated consortium share, with the contracts' rules that the engine relies on. */
export class SimulatedLedger {
  readonly profiles = new Map<string, SimulatedProfile>();
  readonly offers = new Map<string, OfferRecord>();
  readonly belts = new Map<string, readonly string[]>();
  readonly sheets = new Map<string, Booked>();
  /**
   * Stations of whose reports the contracts accept and dispute none, and their words. With one of them they refuse all that
   * are accepted by the same transaction.
   */
  readonly unacceptable = new Map<number, string>();
  /** The stations of every acceptance and dispute that was refused so. */
  readonly refusals: (readonly number[])[] = [];
  /** The stations of every acceptance. */
  readonly acceptances: (readonly number[])[] = [];
  readonly heads = new Map<string, { readonly size: number; readonly root: string }[]>();
  /** How many transactions of each member a lost machine has sent that are in no block yet. */
  readonly foreign = new Map<string, number>();
  /** What members anchored their last heads with. */
  readonly frontiers = new Map<string, readonly string[]>();
  /** The uses that are allowed: owner, grantee, source and purpose. */
  readonly consents = new Set<string>();
  /** What is owed to members: one for each case that is done. */
  readonly owed = new Map<string, bigint>();
  /** What members have withdrawn, one entry a withdrawal. */
  readonly withdrawals: { readonly member: string; readonly amount: bigint }[] = [];
  /** Seconds. */
  acceptanceWindow = 3_600;
  /** When reports reach the ledger, in milliseconds since 1970. */
  now: () => number = Date.now;
  /** When set, what a lying member says on the ledger instead of what its node reports. */
  lie: ((report: Report) => Report) | undefined;
  /** When set, every write fails with this, as if the network were down. */
  outage: BeltError | undefined;
  /** When set, the contracts refuse every booking with this. */
  refusal: BeltError | undefined;
  /** How often a member tried to book. */
  attempts = 0;
  /** When set, bookings get onto the ledger, and whoever made one is told this. */
  lostAnswer: BeltError | undefined;
  /** Whether what the contracts refused is in a block that can still be taken back. */
  undecided = false;
  /** Why nodes no longer follow it, such as that it is another ledger. */
  replaced: string | undefined;
  #listeners = new Set<(news: LedgerNews) => void>();

  onChange(listener: (news: LedgerNews) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #changed(news: Partial<LedgerNews> = {}): void {
    for (const listener of this.#listeners)
      listener({ takenBack: false, booked: [], closed: [], moved: [], ...news });
  }

  sheetId(consumer: string, root: string): `0x${string}` {
    return toHex(createHash("sha256").update(`${consumer}${root}`).digest());
  }

  /** The ledger as one member's engine sees it. */
  of(member: string): Ledger {
    const write = (): void => {
      if (this.outage !== undefined) throw this.outage;
    };
    return {
      trouble: () => (this.replaced === undefined ? undefined : { reason: this.replaced, lasting: true }),
      look: async () => this.outage === undefined,
      sheetId: async (root) => this.sheetId(member, root),
      sheet: (id) => this.sheets.get(id),
      sheets: () => this.sheets.values(),
      offer: (id) => this.offers.get(id),
      partner: (address) => this.#partner(address),
      signer: (kid) => {
        const holders = [...this.profiles].filter(
          ([, each]) => thumbprint("Ed25519", each.signingKey) === kid,
        );
        const [first] = holders;
        if (first === undefined) return undefined;
        const key = publicKey("Ed25519", first[1].signingKey);
        return { key, members: holders.map(([address]) => address) };
      },
      mayUse: async ({ owner, source, purpose }) =>
        this.consents.has([owner, member, source, purpose].join("/")),
      foreign: async () => this.foreign.get(member) ?? 0,
      anchored: () => this.heads.get(member)?.at(-1),
      frontier: async () => this.frontiers.get(member),
      book: async ({ belt, root, count, deadline }) => {
        this.attempts++;
        write();
        const sheet = this.sheetId(member, root);
        const offers = this.belts.get(belt) ?? [];
        if (this.sheets.has(sheet)) return;
        if (this.refusal !== undefined) throw this.refusal;
        const reports = new Map<number, Report>();
        const settlers = new Map<number, string>();
        const disputes = new Map<number, Dispute>();
        const times = new Map<number, number>();
        const get = (station: number): LedgerReport | undefined => {
          const report = reports.get(station);
          if (report === undefined) return undefined;
          if (!times.has(station)) times.set(station, Math.floor(this.now() / 1_000));
          return {
            at: times.get(station) ?? 0,
            settled: settlers.has(station),
            inDispute: disputes.has(station),
            statusOf: (number) =>
              disputes.get(station)?.cases.includes(number)
                ? "disputed"
                : (report.exceptions.get(number) ?? "done"),
          };
        };
        const reported = { get, has: (station: number) => reports.has(station) };
        const booked = { sheet, belt, offers, consumer: member, root, count, deadline, expired: false };
        this.sheets.set(sheet, { ...booked, reports, settlers, disputes, reported });
        if (this.lostAnswer !== undefined) throw this.lostAnswer;
        this.#changed({ booked: [sheet] });
      },
      isBeingBooked: () => this.undecided,
      report: async (report) => {
        write();
        const booked = this.sheets.get(report.sheet);
        if (booked === undefined || booked.expired)
          throw new BeltError("SHEET_CLOSED", "The sheet is closed.");
        if (booked.reports.has(report.station))
          throw new BeltError("SHEET_CLOSED", "The station has reported.");
        booked.reports.set(report.station, this.lie?.(report) ?? report);
        booked.reported.get(report.station);
        this.#changed({ moved: [report.sheet] });
      },
      anchor: async ({ size, root }, frontier) => {
        write();
        const heads = this.heads.get(member) ?? [];
        if (size <= (heads.at(-1)?.size ?? 0)) throw new BeltError("INTERNAL", "A head only grows.");
        this.heads.set(member, [...heads, { size, root }]);
        this.frontiers.set(member, frontier);
      },
      expire: async (sheet) => this.expire(sheet),
      accept: async (sheet, stations) => {
        write();
        if (this.sheets.get(sheet)?.consumer !== member)
          throw new BeltError("LEDGER_REVERTED", "Only the consumer accepts.");
        this.#refuse(stations);
        this.acceptances.push(stations);
        for (const station of stations) this.#settle(sheet, station, member);
      },
      settle: async (sheet, station) => {
        write();
        const at = this.sheets.get(sheet)?.reported.get(station)?.at ?? Number.POSITIVE_INFINITY;
        if (this.now() / 1_000 <= at + this.acceptanceWindow)
          throw new BeltError("LEDGER_REVERTED", "The consumer can still accept.");
        this.#settle(sheet, station, member);
      },
      dispute: async (dispute) => {
        write();
        const { sheet, station } = dispute;
        this.#refuse([station]);
        const booked = this.sheets.get(sheet);
        if (booked?.consumer !== member || booked.disputes.has(station) || booked.settlers.has(station))
          throw new BeltError("LEDGER_REVERTED", "Only the consumer disputes, before it is settled.");
        booked.disputes.set(station, dispute);
        this.#changed({ moved: [sheet] });
      },
      lapse: async (sheet, station) => {
        write();
        const booked = this.sheets.get(sheet);
        const dispute = booked?.disputes.get(station);
        const end = (booked?.reported.get(station)?.at ?? 0) + this.acceptanceWindow + 30 * 86_400;
        if (!booked || !dispute || this.now() / 1_000 <= end)
          throw new BeltError("LEDGER_REVERTED", "The dispute can still be decided.");
        booked.disputes.delete(station);
        this.#owe(this.#memberAt(booked, station), BigInt(dispute.cases.length));
        this.#changed({ moved: [sheet] });
      },
      acceptanceWindow: async () => this.acceptanceWindow,
      owed: () => this.owed.get(member) ?? 0n,
      withdraw: async () => {
        write();
        this.withdrawals.push({ member, amount: this.owed.get(member) ?? 0n });
        this.owed.delete(member);
      },
    };
  }

  #refuse(stations: readonly number[]): void {
    const [words] = stations.flatMap((station) => this.unacceptable.get(station) ?? []);
    if (words === undefined) return;
    this.refusals.push(stations);
    throw new BeltError("LEDGER_STATE_REFUSED", words);
  }

  #settle(sheet: string, station: number, settler: string): void {
    const booked = this.sheets.get(sheet);
    const report = booked?.reports.get(station);
    if (!booked || !report || booked.settlers.has(station))
      throw new BeltError("LEDGER_REVERTED", "There is no report to settle.");
    booked.settlers.set(station, settler);
    const notDone = BigInt(report.exceptions.size);
    const disputed = BigInt(booked.disputes.get(station)?.cases.length ?? 0);
    this.#owe(this.#memberAt(booked, station), BigInt(booked.count) - notDone - disputed);
    this.#owe(booked.consumer, notDone);
    this.#changed({ moved: [sheet] });
  }

  #memberAt({ offers }: Booked, station: number): string {
    return this.offers.get(offers[station] ?? "")?.member ?? "";
  }

  #owe(member: string, amount: bigint): void {
    if (amount > 0n) this.owed.set(member, (this.owed.get(member) ?? 0n) + amount);
  }

  expire(sheet: string): void {
    const booked = this.sheets.get(sheet);
    if (booked === undefined) return;
    this.sheets.set(sheet, { ...booked, expired: true });
    this.#changed({ closed: [sheet], moved: [sheet] });
  }

  #partner(address: string): Partner | undefined {
    const profile = this.profiles.get(address);
    if (profile === undefined) return undefined;
    const { url, active, sealingKey } = profile;
    const seal = { kid: thumbprint("X25519", sealingKey), key: publicKey("X25519", sealingKey) };
    return { member: address, active, url, seal };
  }
}

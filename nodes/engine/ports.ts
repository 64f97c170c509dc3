import type { KeyObject } from "node:crypto";
import type { CaseStatus, Hash } from "../../pipeline/index/index.ts";
import type { Status } from "../../pipeline/receipt/index.ts";
import type { NamedKey } from "../../pipeline/tray/index.ts";
import type { SubmitOptions } from "../ledger/index.ts";
import type { DataUse } from "../stations/index.ts";

/** A member as the engine needs it. */
export interface Partner {
  readonly member: string;
  readonly active: boolean;
  readonly url: string;
  /** Where trays to it are sealed to. */
  readonly seal: NamedKey;
}

/** A booking as the ledger has it. */
export interface BookedSheet {
  readonly sheet: string;
  /** Undefined when it is a single offer's: no cases travel for it. */
  readonly belt: string | undefined;
  /** The offers, in the order of the stations' numbers. */
  readonly offers: readonly string[];
  readonly consumer: string;
  readonly root: string;
  readonly count: number;
  /** Seconds since 1970. */
  readonly deadline: number;
  readonly expired: boolean;
  /** The reports by the stations' numbers. */
  readonly reported: {
    /** Whether the station has reported everything, or declined the rest. */
    has(station: number): boolean;
    /** What it has reported, once it cannot report more. */
    get(station: number): LedgerReport | undefined;
  };
}

/** A head of a member's log of receipts: how many there are, and their Merkle root. */
export interface LogHead {
  readonly size: number;
  readonly root: string;
}

/** What a station reported of a sheet, as the ledger has it. */
export interface LedgerReport {
  /** When it was whole, in seconds since 1970. */
  readonly at: number;
  /** Whether the station was paid for what is not in dispute, and the rest refunded. */
  readonly settled: boolean;
  /** Whether cases are in dispute that nobody has decided. */
  readonly inDispute: boolean;
  statusOf(number: number): CaseStatus;
}

/** An offer as the ledger has it: whose it is, and the hash of its document. */
export interface OfferRecord {
  readonly member: string;
  readonly document: string;
}

/** The shared reality as the engine reads it, and the few things it writes there. */
export interface Ledger {
  /** Why the ledger cannot be relied on at the moment; undefined while it can. */
  trouble(): { readonly reason: string; readonly lasting: boolean } | undefined;
  /** Asks the ledger whether there is news. True when all that it had by then is known, false when it cannot be asked. */
  look(signal: AbortSignal): Promise<boolean>;
  /** What this member's booking of a manifest is called. */
  sheetId(root: string, signal: AbortSignal): Promise<Hash>;
  sheet(id: string): BookedSheet | undefined;
  sheets(): Iterable<BookedSheet>;
  offer(id: string): OfferRecord | undefined;
  partner(member: string): Partner | undefined;
  /**
   * The signing key with this thumbprint, and the members whose profiles have, or had, it. Anyone can publish a key
   * that is another's: who of them sent something follows from what was sent.
   */
  signer(kid: string): { readonly key: KeyObject; readonly members: readonly string[] } | undefined;
  /** Whether an owner of data lets this member use them now, as the ledger's newest block has it. */
  mayUse(use: DataUse, signal: AbortSignal): Promise<boolean>;
  /**
   * How many transactions of this member's account are on their way to a block that this process does not send: those of
   * a machine that was lost.
   */
  foreign(): Promise<number>;
  /** This member's log as it was last anchored. */
  anchored(): LogHead | undefined;
  /** The frontier that was anchored with that head; undefined when none was. Whoever reads it checks it. */
  frontier(): Promise<readonly string[] | undefined>;
  /** @param options - who is told of its transactions, in the ledger's own words */
  book(booking: Booking, options?: SubmitOptions): Promise<void>;
  /** Whether a transaction that books this manifest is on its way to a block, or in one that can still be taken back. */
  isBeingBooked(root: string): boolean;
  report(report: Report): Promise<void>;
  /**
   * Anchors a head of this member's log.
   *
   * @param frontier - the hashes of its complete subtrees, which are kept with it
   */
  anchor(head: LogHead, frontier: readonly string[]): Promise<void>;
  expire(sheet: string): Promise<void>;
  /** The consumer accepts the reports of stations: each is paid for what it has done. */
  accept(sheet: string, stations: readonly number[]): Promise<void>;
  /** The consumer disputes cases that a station reported as done. */
  dispute(dispute: Dispute): Promise<void>;
  /** Ends a dispute that was not decided in time: the report stands. */
  lapse(sheet: string, station: number): Promise<void>;
  /** Settles what the consumer has not accepted within the acceptance window. */
  settle(sheet: string, station: number): Promise<void>;
  /** The seconds after a report in which only the consumer can settle it. */
  acceptanceWindow(): Promise<number>;
  /** What this member can withdraw, and withdrawing it. */
  owed(): bigint;
  withdraw(): Promise<void>;
}

/** What the ledger's newest blocks say of sheets, by their ids. */
export interface LedgerNews {
  /** Whether blocks were taken back before: what they said of any sheet counts no more. */
  readonly takenBack: boolean;
  readonly booked: readonly string[];
  /** Closed before all stations had reported. */
  readonly closed: readonly string[];
  /** Reported or settled in part or whole, or closed. */
  readonly moved: readonly string[];
}

export interface Booking {
  readonly belt: string;
  readonly root: string;
  readonly count: number;
  /** Seconds since 1970. */
  readonly deadline: number;
  readonly maxCost: bigint;
}

/** "All done but these": the cases of a sheet that one station did not end as done. */
export interface Report {
  readonly sheet: string;
  readonly station: number;
  readonly exceptions: ReadonlyMap<number, Status>;
}

/** Cases of one station that the consumer disputes. */
export interface Dispute {
  readonly sheet: string;
  readonly station: number;
  readonly cases: readonly number[];
  /** The hash of what shows it. */
  readonly evidence: string;
}

/** How bytes get from node to node. */
export interface Transport {
  /** Delivers a tray and gives the acknowledgement's text. */
  deliver(url: string, tray: Uint8Array, signal: AbortSignal): Promise<string>;
  /** Fetches what is named by its hash; the caller checks it. */
  document(url: string, hash: string, signal: AbortSignal): Promise<Uint8Array>;
  manifest(url: string, root: string, signal: AbortSignal): Promise<Uint8Array>;
  /** Asks for copies of this node's own receipts by a signed request, and gives the signed answer. */
  copies(url: string, request: string, signal: AbortSignal): Promise<string>;
}

/** Time as the engine sees it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after that many milliseconds, or at once when aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** Who this node is. */
export interface Self {
  readonly member: string;
  readonly signer: NamedKey;
  /** Our private sealing keys by thumbprint: the current one, and older ones whose trays may still come. */
  seals(kid: string): KeyObject | undefined;
  /** 32 bytes that no one else has: salts of this node's outputs derive from it. */
  readonly secret: Uint8Array;
}

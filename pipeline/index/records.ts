import type { Address, Hash } from "./events.ts";
import type { Sheet } from "./sheetRecords.ts";

export type * from "./sheetRecords.ts";

/** The transaction that wrote something, and when: `at` is its block's time in seconds since 1970. */
export interface Position {
  readonly block: number;
  readonly transaction: Hash;
  readonly logIndex: number;
  readonly at: number;
}

/** The keys of a member from a block on, until the next ones. */
export interface KeyPeriod {
  readonly signingKey: Hash;
  readonly sealingKey: Hash;
  readonly fromBlock: number;
}

/** Who had published a signing key first, and from which block on. */
export interface KeyClaim {
  readonly member: Address;
  readonly fromBlock: number;
}

/** How an account stands that is or was a member: only an active one may act. */
export type Standing = "active" | "suspended" | "left" | "removed";

export interface Profile {
  readonly member: Address;
  readonly name: string;
  /** Bits: 1 producer, 2 consumer, 4 network supplier, 8 auditor, 16 supervisor. */
  readonly kinds: number;
  readonly standing: Standing;
  /** When it came to stand so. */
  readonly since: Position;
  /** When it was first admitted. */
  readonly admitted: Position;
  /** Where the member's node is; absent until the member publishes its profile. */
  readonly url: string | undefined;
  readonly published: Position | undefined;
}

export interface Offer {
  readonly id: Hash;
  readonly member: Address;
  /** The SHA-256 of the offer's document. */
  readonly document: Hash;
  /** 1 station, 2 product. */
  readonly kind: number;
  readonly price: bigint;
  readonly deadlineSeconds: number;
  /** The most cases of one sheet. */
  readonly capacity: number;
  /** Seconds since 1970. */
  readonly validUntil: number;
  readonly published: Position;
  readonly withdrawn: Position | undefined;
  /** The offer that this one is a new version of. */
  readonly supersedes: Hash | undefined;
}

export interface Belt {
  readonly id: Hash;
  readonly member: Address;
  /** The belt that this one forks. */
  readonly parent: Hash | null;
  /** The offers in the order of the stations' numbers. */
  readonly offers: readonly Hash[];
  readonly published: Position;
  /** Who answers for it: who published it, until another member takes that over. */
  readonly steward: Address;
  /** Who may take it over. */
  readonly candidate: Address | undefined;
  /** Where its steward or the candidate was named last. */
  readonly stewarded: Position;
  /** When its steward advised against it. */
  readonly deprecated: Position | undefined;
  /** The belt to book instead. */
  readonly successor: Hash | null;
  /** By who endorses it, or did; also who is no active member any more. */
  readonly endorsements: ReadonlyMap<Address, Endorsement>;
}

export interface Endorsement {
  readonly endorsed: Position;
  readonly withdrawn: Position | undefined;
}

/** An account's credit at the bookings contract, in its smallest unit. `paid` and `refunded` are sums of all time. */
export interface Balance {
  readonly account: Address;
  readonly paid: bigint;
  readonly refunded: bigint;
  readonly withdrawn: bigint;
  /** How often the account withdrew what was owed to it. */
  readonly withdrawals: number;
}

/** The head of a member's log as the member anchored it. */
export interface Head {
  readonly size: number;
  readonly root: Hash;
  readonly anchored: Position;
}

/** One call of a proposal. */
export interface ProposedCall {
  readonly target: Address;
  /** What it sends, in wei. */
  readonly value: bigint;
  readonly data: `0x${string}`;
}

/** What a member wants the members to decide. */
export interface Proposal {
  readonly id: Hash;
  readonly proposer: Address;
  /** What is to be called, in this order. */
  readonly calls: readonly ProposedCall[];
  /** A reference to where it is explained. */
  readonly description: string;
  /** Votes are open after this time up to `closes`, in seconds since 1970; decided ones no longer. */
  readonly opens: number;
  readonly closes: number;
  /** From when on it can be carried out, in seconds since 1970, once it is queued. */
  readonly due: number | undefined;
  readonly proposed: Position;
  readonly queued: Position | undefined;
  readonly executed: Position | undefined;
  readonly canceled: Position | undefined;
}

export type Support = "against" | "for" | "abstain";

/** What a member said to a proposal. */
export interface Vote {
  readonly voter: Address;
  readonly support: Support;
  readonly cast: Position;
}

/** A supervisor's move to pause new bookings; another one's before it lapses pauses them. */
export interface Motion {
  readonly supervisor: Address;
  /** Seconds since 1970. */
  readonly lapsesAt: number;
  readonly moved: Position;
}

/** A pause of new bookings: over at a time, or when the members lifted it. */
export interface Pause {
  readonly supervisors: readonly [Address, Address];
  /** The first second (since 1970) with bookings again. */
  readonly until: number;
  readonly began: Position;
  readonly lifted: Position | undefined;
}

/** What supervisors did last. */
export interface Supervision {
  readonly motion: Motion | undefined;
  readonly pause: Pause | undefined;
}

/** A branch of the consortium, as it stands. */
export interface Community {
  readonly id: Hash;
  readonly name: string;
  readonly founded: Position;
  readonly stewards: ReadonlySet<Address>;
  /** Who has joined, and when. */
  readonly members: ReadonlyMap<Address, Position>;
  /** The belts that it recommends, and since when. */
  readonly belts: ReadonlyMap<Hash, Position>;
  /** Where its channels are, by name. */
  readonly channels: ReadonlyMap<string, string>;
}

/** How a consent stands: whose data, who may use it, from which source, for which purpose. */
export interface Consent {
  readonly id: Hash;
  readonly owner: Address;
  readonly grantee: Address;
  /** The salted commitments. */
  readonly source: Hash;
  readonly purpose: Hash;
  /** The last second (since 1970) of the use; undefined when nothing was granted, or all was revoked. */
  readonly expiry: number | undefined;
  /** The number of the next grant. */
  readonly nonce: number;
  /** The last grant and the last revocation. */
  readonly granted: Position | undefined;
  readonly revoked: Position | undefined;
  /** Who brought the last of them to the ledger. */
  readonly relayer: Address;
}

/** How two members stand with each other, or stood last. */
export interface Connection {
  readonly requester: Address;
  readonly member: Address;
  readonly requested: Position;
  readonly accepted: Position | undefined;
  /** How it ended: the request was declined or withdrawn, or one of the two ended the connection. */
  readonly ended:
    | (Position & { readonly how: "declined" | "withdrawn" | "ended"; readonly by: Address })
    | undefined;
}

/** A contract that the directory names, or named. */
export interface Contract {
  readonly address: Address;
  /** The names it ever had, each with the block from which it had it: its events of that name count from there on. */
  readonly names: ReadonlyMap<string, number>;
}

/** A block by number and hash. */
export interface BlockId {
  readonly number: number;
  readonly hash: Hash;
}

/** What the ledger says, as far as it was read. Nobody but the reducer changes it; it changes as blocks come. */
export interface IndexView {
  /** The last block that was read; undefined before the first. */
  readonly head: BlockId | undefined;
  readonly profiles: ReadonlyMap<Address, Profile>;
  readonly memberByName: ReadonlyMap<string, Address>;
  /** All keys that a member ever had, oldest first: a rotation never invalidates an old receipt. */
  readonly keys: ReadonlyMap<Address, readonly KeyPeriod[]>;
  readonly keyClaims: ReadonlyMap<Hash, KeyClaim>;
  /** Every signing key that was ever published, by the name that headers give it (kid, RFC 7638 thumbprint). */
  readonly signingKeys: ReadonlyMap<string, Hash>;
  readonly offers: ReadonlyMap<Hash, Offer>;
  readonly belts: ReadonlyMap<Hash, Belt>;
  readonly sheets: ReadonlyMap<Hash, Sheet>;
  /** Who was ever owed anything. */
  readonly balances: ReadonlyMap<Address, Balance>;
  /** All heads that a member anchored, oldest first. */
  readonly heads: ReadonlyMap<Address, readonly Head[]>;
  readonly proposals: ReadonlyMap<Hash, Proposal>;
  /** The votes on each proposal, in the order in which they were cast. */
  readonly votes: ReadonlyMap<Hash, readonly Vote[]>;
  readonly communities: ReadonlyMap<Hash, Community>;
  readonly supervision: Supervision;
  readonly consents: ReadonlyMap<Hash, Consent>;
  /** By the pair: see {@link connectionBetween}. */
  readonly connections: ReadonlyMap<string, Connection>;
  /** What the directory says now: address by name. */
  readonly directory: ReadonlyMap<string, Address>;
  /** Every contract that the directory ever named. */
  readonly contracts: ReadonlyMap<Address, Contract>;
}

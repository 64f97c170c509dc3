import { z } from "zod";
import { BeltError } from "../errors.ts";

/** An account or a contract: 20 bytes, always in lower case so that equal addresses are equal texts. */
export type Address = `0x${string}`;
/** A hash or an identifier: 32 bytes, in lower case. */
export type Hash = `0x${string}`;

const hexadecimal = (bytes: number, what: string) =>
  z
    .string()
    .regex(new RegExp(`^0x[0-9a-fA-F]{${2 * bytes}}$`), `use ${what}: 0x and ${2 * bytes} hexadecimal digits`)
    .transform((text): `0x${string}` => `0x${text.slice(2).toLowerCase()}`);

export const AddressText = hexadecimal(20, "an address");
export const HashText = hexadecimal(32, "a hash");

/** An unsigned integer as a decoder (bigint), JSON (number) or a store (decimal or hexadecimal text) gives it. */
const Unsigned = z
  .union([
    z.bigint(),
    z.number().int(),
    z.string().regex(/^(?:[0-9]{1,78}|0x[0-9a-fA-F]{1,64})$/, "use a whole number"),
  ])
  .transform((value) => BigInt(value))
  .refine((value) => value >= 0n && value < 2n ** 256n, "use a number of 0 to 2^256 - 1");

const unsigned = (bits: number) => Unsigned.refine((value) => value < 2n ** BigInt(bits), `use ${bits} bits`);

/**
 * An unsigned integer as a number. The ledger lets a member write any 64 bits (a validity without end, say), so
 * what a number cannot hold becomes the largest safe integer instead of stopping every reader.
 */
const count = (bits: number) =>
  unsigned(bits).transform((value) =>
    Number(value > BigInt(Number.MAX_SAFE_INTEGER) ? BigInt(Number.MAX_SAFE_INTEGER) : value),
  );

/** An identifier that the contract has as a number, such as a proposal's. */
const NumberedId = Unsigned.transform((value): Hash => `0x${value.toString(16).padStart(64, "0")}`);

const Bytes = z
  .string()
  .regex(/^0x(?:[0-9a-fA-F]{2})*$/, "use bytes: 0x and two hexadecimal digits each")
  .transform((text): `0x${string}` => `0x${text.slice(2).toLowerCase()}`);

/** Where on the ledger an event stands. `at` is the block's time in seconds since 1970. */
const place = {
  block: count(64),
  blockHash: HashText,
  transaction: HashText,
  logIndex: count(32),
  at: count(64),
};

const event = <Name extends string, Shape extends z.ZodRawShape>(name: Name, shape: Shape) =>
  z.strictObject({ event: z.literal(name), ...place, ...shape });

/** What a consent is about. */
const use = { id: HashText, owner: AddressText, grantee: AddressText, source: HashText, purpose: HashText };

const words = { slots: z.array(count(16)).max(1_024), words: z.array(Unsigned).max(1_024) };

const AnyEvent = z.discriminatedUnion("event", [
  // A name of at most 31 characters, or what else 32 bytes can be, in hexadecimal.
  event("AddressSet", { name: z.string().max(66), target: AddressText }),
  event("MemberAdmitted", { member: AddressText, name: z.string(), kinds: count(16) }),
  event("MemberSuspended", { member: AddressText }),
  event("MemberReinstated", { member: AddressText }),
  event("MemberRemoved", { member: AddressText }),
  event("MemberLeft", { member: AddressText }),
  event("KindsChanged", { member: AddressText, kinds: count(16) }),
  event("ProfilePublished", { member: AddressText, url: z.string() }),
  event("KeysRotated", {
    member: AddressText,
    signingKey: HashText,
    sealingKey: HashText,
    fromBlock: count(64),
  }),
  event("OfferPublished", {
    id: HashText,
    member: AddressText,
    document: HashText,
    kind: count(8),
    price: unsigned(128),
    deadlineSeconds: count(32),
    capacity: count(32),
    validUntil: count(64),
  }),
  event("OfferWithdrawn", { id: HashText }),
  event("OfferSuperseded", { former: HashText, id: HashText }),
  event("BeltPublished", {
    belt: HashText,
    member: AddressText,
    parent: HashText,
    offers: z.array(HashText).min(1).max(256),
  }),
  event("StewardProposed", { belt: HashText, steward: AddressText, candidate: AddressText }),
  event("StewardChanged", { belt: HashText, former: AddressText, steward: AddressText }),
  event("BeltDeprecated", { belt: HashText, steward: AddressText, successor: HashText }),
  event("BeltEndorsed", { belt: HashText, member: AddressText }),
  event("EndorsementWithdrawn", { belt: HashText, member: AddressText }),
  event("SheetBooked", {
    sheet: HashText,
    belt: HashText,
    consumer: AddressText,
    root: HashText,
    count: count(16),
    deadline: count(64),
    cost: Unsigned,
  }),
  event("OfferBooked", {
    sheet: HashText,
    offer: HashText,
    consumer: AddressText,
    root: HashText,
    count: count(16),
    deadline: count(64),
    cost: Unsigned,
  }),
  event("ProductBooked", {
    sheet: HashText,
    offer: HashText,
    consumer: AddressText,
    root: HashText,
    firstDay: count(32),
    dayCount: count(16),
    units: count(16),
    deadline: count(64),
    cost: Unsigned,
  }),
  event("SheetReported", {
    sheet: HashText,
    station: count(8),
    member: AddressText,
    covered: count(16),
    ...words,
  }),
  event("SheetCancelled", { sheet: HashText, deadline: count(64) }),
  event("StationDeclined", { sheet: HashText, station: count(8), member: AddressText, refunded: Unsigned }),
  event("StationSettled", {
    sheet: HashText,
    station: count(8),
    member: AddressText,
    settler: AddressText,
    paid: Unsigned,
    refunded: Unsigned,
  }),
  event("CasesDisputed", { sheet: HashText, station: count(8), evidence: HashText, ...words }),
  event("DecisionGiven", { sheet: HashText, station: count(8), supervisor: AddressText, ...words }),
  event("DisputeResolved", {
    sheet: HashText,
    station: count(8),
    first: AddressText,
    second: AddressText,
    paid: Unsigned,
    refunded: Unsigned,
  }),
  event("DisputeLapsed", { sheet: HashText, station: count(8), paid: Unsigned }),
  event("SheetExpired", { sheet: HashText, unreported: count(32), refunded: Unsigned }),
  event("CreditWithdrawn", { account: AddressText, amount: Unsigned }),
  event("HeadAnchored", { member: AddressText, size: count(64), root: HashText }),
  event("ProposalCreated", {
    proposalId: NumberedId,
    proposer: AddressText,
    targets: z.array(AddressText).max(1_024),
    values: z.array(Unsigned).max(1_024),
    signatures: z.array(z.string()).max(1_024),
    calldatas: z.array(Bytes).max(1_024),
    voteStart: count(256),
    voteEnd: count(256),
    description: z.string(),
  }),
  event("VoteCast", {
    voter: AddressText,
    proposalId: NumberedId,
    support: count(8),
    weight: Unsigned,
    reason: z.string(),
  }),
  event("ProposalQueued", { proposalId: NumberedId, etaSeconds: count(256) }),
  event("ProposalExecuted", { proposalId: NumberedId }),
  event("ProposalCanceled", { proposalId: NumberedId }),
  event("PauseMoved", { supervisor: AddressText, lapsesAt: count(64) }),
  event("PauseBegun", { first: AddressText, second: AddressText, until: count(64) }),
  event("PauseLifted", {}),
  event("CommunityFounded", { community: HashText, name: z.string() }),
  event("StewardAdded", { community: HashText, member: AddressText }),
  event("StewardRemoved", { community: HashText, member: AddressText }),
  event("CommunityJoined", { community: HashText, member: AddressText }),
  event("CommunityLeft", { community: HashText, member: AddressText }),
  event("BeltAdopted", { community: HashText, belt: HashText }),
  event("BeltDropped", { community: HashText, belt: HashText }),
  event("ChannelSet", { community: HashText, channel: z.string(), url: z.string() }),
  event("ConsentGranted", { ...use, expiry: count(64), nonce: count(64), relayer: AddressText }),
  event("ConsentRevoked", { ...use, nonce: count(64), relayer: AddressText }),
  event("ConnectionRequested", { requester: AddressText, member: AddressText }),
  event("ConnectionAccepted", { requester: AddressText, member: AddressText }),
  event("RequestDeclined", { requester: AddressText, member: AddressText }),
  event("RequestWithdrawn", { requester: AddressText, member: AddressText }),
  event("ConnectionEnded", { member: AddressText, partner: AddressText }),
]);

/** One event of the ledger's contracts, with numbers, addresses and hashes in their one form. */
export const LedgerEvent = AnyEvent.refine(
  (value) => !("slots" in value) || value.slots.length === value.words.length,
  { message: "slots and words are as many", path: ["words"] },
);
export type LedgerEvent = z.infer<typeof LedgerEvent>;
export type EventName = LedgerEvent["event"];
export const eventNames: ReadonlySet<string> = new Set(
  AnyEvent.options.map((option) => option.shape.event.value),
);
export type EventOf<Name extends EventName> = Extract<LedgerEvent, { event: Name }>;

/**
 * Reads what a decoder or a store gives as one event.
 *
 * @throws {BeltError} `LEDGER_EVENT_INVALID` with the field at fault as `at`.
 */
export function parseLedgerEvent(value: unknown): LedgerEvent {
  const parsed = LedgerEvent.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new BeltError(
    "LEDGER_EVENT_INVALID",
    `The event is not one of the ledger's contracts: ${issue?.message}.`,
    {
      at: `/${issue?.path.join("/") ?? ""}`,
      cause: parsed.error,
    },
  );
}

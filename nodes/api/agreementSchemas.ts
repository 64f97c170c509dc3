import { z } from "zod";
import { Bytes32 } from "../../pipeline/belt/index.ts";
import { MemberName } from "../../pipeline/governance/index.ts";
import { Address } from "../../pipeline/tray/index.ts";
import { Count, Time } from "./values.ts";

const Transaction = Bytes32.describe("The transaction that wrote it, now or before.");

export { MemberName };

// --- consents

const commitments = {
  source: Bytes32.describe("The salted commitment to the source and its fields."),
  purpose: Bytes32.describe("The salted commitment to the purpose."),
};

export const Consent = z.object({
  consent: Bytes32,
  owner: Address.describe("The account of the data's owner."),
  grantee: Address,
  granteeName: z.string(),
  ...commitments,
  state: z.enum(["granted", "expired", "revoked"]),
  expiry: Time.optional().describe("The last second of the use; left out when all was revoked."),
  nextNonce: Count.describe("The number that the owner's next grant has."),
  relayer: Address.describe("Who brought the last of it to the ledger."),
});
export type Consent = z.infer<typeof Consent>;

export const NewConsent = z.strictObject({ grantee: MemberName, ...commitments, expiry: Time });
export type NewConsent = z.infer<typeof NewConsent>;

/** A use of this member's own data. */
export const OwnUse = z.strictObject({ grantee: MemberName, ...commitments });
export type OwnUse = z.infer<typeof OwnUse>;

const signed = {
  owner: Address,
  grantee: Address,
  ...commitments,
  nonce: Count.describe("Of a grant its number; of a revocation that of the last grant that it ends."),
  deadline: Count.describe("The last second (since 1970) in which the signature can be relayed."),
};
const signature = z
  .string()
  .regex(/^0x(?:[0-9a-fA-F]{2}){0,1024}$/, "use a signature: 0x and hexadecimal digits")
  .describe("65 bytes of an account with a key, or what a contract takes (ERC-1271).");
const expiry = Count.describe("The last second (since 1970) of the use.");

/** What an owner signed (EIP-712), for a member to bring to the ledger. */
export const SignedStatement = z.discriminatedUnion("statement", [
  z.strictObject({ statement: z.literal("grant"), of: z.strictObject({ ...signed, expiry }), signature }),
  z.strictObject({ statement: z.literal("revocation"), of: z.strictObject(signed), signature }),
]);
export type SignedStatement = z.infer<typeof SignedStatement>;

export const WrittenConsent = z.object({ consent: Bytes32, transaction: Transaction });
export type WrittenConsent = z.infer<typeof WrittenConsent>;

// --- connections

export const Connection = z.object({
  partner: Address,
  partnerName: z.string(),
  requester: Address.describe("Who asked: this member or the partner."),
  state: z.enum(["requested", "connected", "declined", "withdrawn", "ended"]),
  requestedAt: Time,
  acceptedAt: Time.optional(),
  endedAt: Time.optional(),
});
export type Connection = z.infer<typeof Connection>;

export const NewConnection = z.strictObject({ member: MemberName });

export const WrittenConnection = z.object({ partner: Address, transaction: Transaction });
export type WrittenConnection = z.infer<typeof WrittenConnection>;

// --- what members think of belts

export const BeltDeprecation = z.strictObject({
  successor: Bytes32.optional().describe("The belt to book instead: not older, and not deprecated."),
});

export const BeltHandOver = z.strictObject({
  member: MemberName.nullable().describe("Who is to answer for the belt; null takes the proposal back."),
});

export const WrittenBelt = z.object({ belt: Bytes32, transaction: Transaction });
export type WrittenBelt = z.infer<typeof WrittenBelt>;

import type { Signer, TypedDataDomain, TypedDataField } from "ethers";
import { z } from "zod";
import { type Address, AddressText, type Hash, HashText } from "../../pipeline/index/index.ts";

/** What a consent is about: whose data, who may use it, and the salted commitments to source and purpose. */
export interface Use {
  readonly owner: Address;
  readonly grantee: Address;
  readonly source: Hash;
  readonly purpose: Hash;
}

const Count = z.int().nonnegative();
const use = { owner: AddressText, grantee: AddressText, source: HashText, purpose: HashText };
const Signature = z
  .string()
  .regex(/^0x(?:[0-9a-fA-F]{2}){0,1024}$/, "use a signature: 0x and hexadecimal digits")
  .describe("65 bytes of an account with a key; whatever a contract takes (ERC-1271).");

/** A grant as its owner signs it: times in seconds since 1970, both the last second in which it counts. */
export const GrantStatement = z.strictObject({ ...use, expiry: Count, nonce: Count, deadline: Count });
export type GrantStatement = z.infer<typeof GrantStatement>;

/** A revocation as its owner signs it; `nonce` is the number of the last grant that it ends. */
export const RevocationStatement = z.strictObject({ ...use, nonce: Count, deadline: Count });
export type RevocationStatement = z.infer<typeof RevocationStatement>;

/** What an owner signed, for others to bring to the ledger. */
export const SignedStatement = z.discriminatedUnion("statement", [
  z.strictObject({ statement: z.literal("grant"), of: GrantStatement, signature: Signature }),
  z.strictObject({ statement: z.literal("revocation"), of: RevocationStatement, signature: Signature }),
]);
export type SignedStatement = z.infer<typeof SignedStatement>;
export type SignedGrant = Extract<SignedStatement, { statement: "grant" }>;
export type SignedRevocation = Extract<SignedStatement, { statement: "revocation" }>;

const about: readonly TypedDataField[] = [
  { name: "owner", type: "address" },
  { name: "grantee", type: "address" },
  { name: "source", type: "bytes32" },
  { name: "purpose", type: "bytes32" },
];
const numbered: readonly TypedDataField[] = [
  { name: "nonce", type: "uint64" },
  { name: "deadline", type: "uint64" },
];

/** What owners of data sign (EIP-712), by what it does: the types as the Consents contract has them. */
export const statementTypes = {
  grant: { Grant: [...about, { name: "expiry", type: "uint64" }, ...numbered] },
  revocation: { Revocation: [...about, ...numbered] },
};

/** For which contract, on which chain, owners sign: nowhere else does their signature count. */
export function statementDomain(chainId: number, consents: string): TypedDataDomain {
  return { name: "Belt consents", version: "1", chainId, verifyingContract: consents };
}

/** The key of an owner, such as a wallet of ethers. */
export type StatementSigner = Pick<Signer, "signTypedData">;

/** Signs a grant; needs no ledger. */
export async function signGrant(
  signer: StatementSigner,
  domain: TypedDataDomain,
  of: GrantStatement,
): Promise<SignedGrant> {
  return { statement: "grant", of, signature: await signer.signTypedData(domain, statementTypes.grant, of) };
}

/** Signs a revocation; needs no ledger. */
export async function signRevocation(
  signer: StatementSigner,
  domain: TypedDataDomain,
  of: RevocationStatement,
): Promise<SignedRevocation> {
  const signature = await signer.signTypedData(domain, statementTypes.revocation, of);
  return { statement: "revocation", of, signature };
}

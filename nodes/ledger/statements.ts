import type { Signer, TypedDataDomain, TypedDataField } from "ethers";
import type { Address, Hash } from "../../pipeline/index/index.ts";

/** What a consent is about: whose data, who may use it, and the salted commitments to source and purpose. */
export interface Use {
  readonly owner: Address;
  readonly grantee: Address;
  readonly source: Hash;
  readonly purpose: Hash;
}

/** A revocation as its owner signs it; `nonce` is the number of the last grant that it ends. */
export interface RevocationStatement extends Use {
  readonly nonce: number;
  /** The last second since 1970 in which it can be relayed. */
  readonly deadline: number;
}

/** A grant as its owner signs it; `nonce` is its own number. */
export interface GrantStatement extends RevocationStatement {
  /** The last second since 1970 in which the use is allowed. */
  readonly expiry: number;
}

/** What an owner signed, for others to bring to the ledger. */
export interface SignedGrant {
  readonly statement: "grant";
  readonly of: GrantStatement;
  readonly signature: string;
}

export interface SignedRevocation {
  readonly statement: "revocation";
  readonly of: RevocationStatement;
  readonly signature: string;
}

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

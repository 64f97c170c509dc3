import type { TypedDataDomain, TypedDataField } from "ethers";

const use: readonly TypedDataField[] = [
  { name: "owner", type: "address" },
  { name: "grantee", type: "address" },
  { name: "source", type: "bytes32" },
  { name: "purpose", type: "bytes32" },
];
const signed: readonly TypedDataField[] = [
  { name: "nonce", type: "uint64" },
  { name: "deadline", type: "uint64" },
];

/** What owners of data sign (EIP-712), by what it does: the types as the Consents contract has them. */
export const statementTypes = {
  grant: { Grant: [...use, { name: "expiry", type: "uint64" }, ...signed] },
  revocation: { Revocation: [...use, ...signed] },
};

/** For which contract, on which chain, owners sign: nowhere else does their signature count. */
export function statementDomain(chainId: number, consents: string): TypedDataDomain {
  return { name: "Belt consents", version: "1", chainId, verifyingContract: consents };
}

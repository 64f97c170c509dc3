import { AbiCoder, keccak256 } from "ethers";
import { type Address, type Hash, HashText } from "../../pipeline/index/index.ts";
import type { Use } from "./statements.ts";

const coder = AbiCoder.defaultAbiCoder();

/** The id of an offer: of the member that publishes it and the SHA-256 of its document. */
export function offerId(member: Address, document: Hash): Hash {
  return HashText.parse(keccak256(coder.encode(["address", "bytes32"], [member, document])));
}

/** The id of a consent: of whose data it is, who may use it, and the commitments to source and purpose. */
export function consentId({ owner, grantee, source, purpose }: Use): Hash {
  const types = ["address", "address", "bytes32", "bytes32"];
  return HashText.parse(keccak256(coder.encode(types, [owner, grantee, source, purpose])));
}

/** The id of a sheet: of the chain, the Bookings contract, the consumer that books it, and its manifest's root. */
export function sheetId(chainId: number, bookings: Address, consumer: Address, root: Hash): Hash {
  const types = ["uint256", "address", "address", "bytes32"];
  return HashText.parse(keccak256(coder.encode(types, [chainId, bookings, consumer, root])));
}

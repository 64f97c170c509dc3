import { encodeBytes32String } from "ethers";
import { z } from "zod";
import { AddressText, HashText } from "../../pipeline/index/index.ts";

/** The names in the directory. */
export const directoryNames = [
  "Profiles",
  "Offers",
  "Belts",
  "Credit",
  "Bookings",
  "Receipts",
  "Governance",
  "Access",
  "Supervision",
  "Communities",
  "Consents",
  "Connections",
] as const;
export type DirectoryName = (typeof directoryNames)[number];

/** Where the contracts of one ledger are: the content of a deployment file. A node needs only its directory. */
export const Deployment = z.strictObject({
  chainId: z.int().positive(),
  /** The hash of the chain's first block: the same chain id may stand for many local chains. */
  genesis: HashText,
  /** The block of the directory; no event that matters is older. */
  block: z.int().nonnegative(),
  directory: AddressText,
  contracts: z.strictObject({
    Profiles: AddressText,
    Offers: AddressText,
    Belts: AddressText,
    /** The currency: the consortium's own credit, or another ERC-20. */
    Credit: AddressText,
    Bookings: AddressText,
    Receipts: AddressText,
    /** Where the members vote. */
    Governance: AddressText,
    /** Who may call what: after the deployment, Governance alone. */
    Access: AddressText,
    Supervision: AddressText,
    Communities: AddressText,
    Consents: AddressText,
    Connections: AddressText,
  }),
});
export type Deployment = z.infer<typeof Deployment>;

/** A name as the directory has it: the text in 32 bytes, filled with zeros. */
export function directoryKey(name: DirectoryName): string {
  return encodeBytes32String(name);
}

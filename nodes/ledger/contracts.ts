import type { Interface } from "ethers";
import { Access__factory } from "../../types/factories/Access__factory.ts";
import { Belts__factory } from "../../types/factories/Belts__factory.ts";
import { Bookings__factory } from "../../types/factories/Bookings__factory.ts";
import { Communities__factory } from "../../types/factories/Communities__factory.ts";
import { Connections__factory } from "../../types/factories/Connections__factory.ts";
import { Consents__factory } from "../../types/factories/Consents__factory.ts";
import { Credit__factory } from "../../types/factories/Credit__factory.ts";
import { Directory__factory } from "../../types/factories/Directory__factory.ts";
import { Governance__factory } from "../../types/factories/Governance__factory.ts";
import { Offers__factory } from "../../types/factories/Offers__factory.ts";
import { Profiles__factory } from "../../types/factories/Profiles__factory.ts";
import { Receipts__factory } from "../../types/factories/Receipts__factory.ts";
import { Supervision__factory } from "../../types/factories/Supervision__factory.ts";

/** How to read and write the contracts, by their names in the directory. */
export const interfaces = {
  Directory: Directory__factory.createInterface(),
  Profiles: Profiles__factory.createInterface(),
  Offers: Offers__factory.createInterface(),
  Belts: Belts__factory.createInterface(),
  Credit: Credit__factory.createInterface(),
  Bookings: Bookings__factory.createInterface(),
  Receipts: Receipts__factory.createInterface(),
  Governance: Governance__factory.createInterface(),
  Access: Access__factory.createInterface(),
  Supervision: Supervision__factory.createInterface(),
  Communities: Communities__factory.createInterface(),
  Consents: Consents__factory.createInterface(),
  Connections: Connections__factory.createInterface(),
};
export type ContractName = keyof typeof interfaces;

const byName: ReadonlyMap<string, Interface> = new Map(Object.entries(interfaces));

/** The interface of a contract by its name in the directory; other names are contracts that this version ignores. */
export function interfaceOf(name: string): Interface | undefined {
  return byName.get(name);
}

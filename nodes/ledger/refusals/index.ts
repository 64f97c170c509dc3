import { accessRefusals } from "./access.ts";
import { bookingRefusals } from "./bookings.ts";
import { communityRefusals } from "./communities.ts";
import { connectionRefusals } from "./connections.ts";
import { consentRefusals } from "./consents.ts";
import { creditRefusals } from "./credit.ts";
import { governanceRefusals } from "./governance.ts";
import { recordRefusals } from "./records.ts";
import type { Refusal, Revert } from "./refusal.ts";
import { sheetRefusals } from "./sheets.ts";
import { solidityRefusals } from "./solidity.ts";

export type { Refusal, Revert } from "./refusal.ts";

/** All refusals that have words, a table for each group of contracts. */
export const refusalTables = [
  recordRefusals,
  bookingRefusals,
  sheetRefusals,
  creditRefusals,
  governanceRefusals,
  accessRefusals,
  communityRefusals,
  consentRefusals,
  connectionRefusals,
  solidityRefusals,
];

const byError: ReadonlyMap<string, Refusal> = new Map(
  refusalTables.flatMap((table) => Object.entries(table)),
);

/** What a custom error is called in the tables: its name, and the names of its parameters. */
export function refusalKey({ error, parameters }: Revert): string {
  return `${error}(${Object.keys(parameters).join(",")})`;
}

/** What a custom error means; undefined for one that has no words here. */
export function refusalOf(revert: Revert): Refusal | undefined {
  return byError.get(refusalKey(revert));
}

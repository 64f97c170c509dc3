import { BeltError } from "../errors.ts";
import type { Address, Hash, LedgerEvent } from "./events.ts";
import type { Position, Profile, Sheet } from "./records.ts";
import type { Tables } from "./tables.ts";

export function position({ block, transaction, logIndex, at }: LedgerEvent): Position {
  return { block, transaction, logIndex, at };
}

export function sheetOf(tables: Tables, event: LedgerEvent, sheet: Hash): Sheet {
  return tables.sheets.get(sheet) ?? refuse(event, "the sheet is unknown");
}

export function profileOf(tables: Tables, event: LedgerEvent, member: Address): Profile {
  return tables.profiles.get(member) ?? refuse(event, `${member} is not a member`);
}

export function refuse(event: LedgerEvent, why: string): never {
  throw new BeltError(
    "LEDGER_EVENT_INVALID",
    `${event.event} contradicts what the ledger said before: ${why}.`,
    {
      at: `block ${event.block}, log ${event.logIndex}`,
    },
  );
}

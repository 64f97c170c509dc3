import { BeltError } from "../../pipeline/errors.ts";
import { type Item, mostItems, mostPayloadBytes, sealTray } from "../../pipeline/tray/index.ts";
import type { OutgoingTray } from "./outbox.ts";
import type { Ledger, Self } from "./ports.ts";
import type { TrayNumbers } from "./trayNumbers.ts";

/** What is to leave on one edge of a sheet. */
export interface Departure {
  readonly sheet: string;
  readonly edge: string;
  /** The member that receives it. */
  readonly to: string;
  readonly items: readonly Item[];
}

export interface DepartureParts {
  readonly ledger: Ledger;
  readonly self: Self;
  /** Where the trays' numbers come from: they count once the batch is written. */
  readonly numbered: ReturnType<TrayNumbers["begin"]>;
}

/**
 * Signs and seals what leaves, in as few trays as may be.
 *
 * @throws {BeltError} `PARTNER_UNREACHABLE` when a receiver has no profile to seal to
 */
export async function sealDepartures(
  departures: readonly Departure[],
  { ledger, self, numbered }: DepartureParts,
): Promise<OutgoingTray[]> {
  const trays: OutgoingTray[] = [];
  for (const { sheet, edge, to, items } of departures) {
    const partner = ledger.partner(to);
    if (partner === undefined) throw new BeltError("PARTNER_UNREACHABLE", `Member ${to} has no profile.`);
    for (const load of loadsOf(items)) {
      const name = { sheet, edge, tray: await numbered.next(sheet, edge) };
      const parties = { signer: self.signer, to: { ...partner.seal, member: to } };
      trays.push({ ...name, to, bytes: await sealTray(name, load, parties) });
    }
  }
  return trays;
}

/** Divides items into trays: as many on each as number and size allow. */
function loadsOf(items: readonly Item[]): (readonly Item[])[] {
  const fits = items.length <= mostItems && Buffer.byteLength(JSON.stringify(items)) <= mostPayloadBytes;
  if (fits || items.length === 1) return [items];
  const size = items.length > mostItems ? mostItems : Math.ceil(items.length / 2);
  return [...loadsOf(items.slice(0, size)), ...loadsOf(items.slice(size))];
}

import type { RandomBytes } from "../../pipeline/bytes.ts";
import { BeltError } from "../../pipeline/errors.ts";
import {
  type Item,
  type PlaceOf,
  sealTray,
  type TraceContext,
  withTrace,
  writePayloads,
} from "../../pipeline/tray/index.ts";
import type { OutgoingTray } from "./outbox.ts";
import type { Ledger, Self } from "./ports.ts";
import type { BeginTrace } from "./tracing.ts";
import type { TrayNumbers } from "./trayNumbers.ts";

/** What is to leave on one edge of a sheet. */
export interface Departure {
  readonly sheet: string;
  readonly edge: string;
  /** The member that receives it. */
  readonly to: string;
  readonly items: readonly Item[];
  /** What it leaves because of, if that is traced. */
  readonly trace: TraceContext | undefined;
  /** Where the log has their receipts. */
  readonly placeOf?: PlaceOf;
}

export interface DepartureParts {
  readonly ledger: Ledger;
  readonly self: Self;
  readonly random: RandomBytes;
  /** Where the trays' numbers come from: they count once the batch is written. */
  readonly numbered: ReturnType<TrayNumbers["begin"]>;
  readonly tracing: BeginTrace | undefined;
}

/**
 * Signs and seals what leaves, in as few trays as may be.
 *
 * @throws {BeltError} `PARTNER_UNREACHABLE` when a receiver has no profile to seal to
 */
export async function sealDepartures(
  departures: readonly Departure[],
  { ledger, self, random, numbered, tracing }: DepartureParts,
): Promise<OutgoingTray[]> {
  const trays: OutgoingTray[] = [];
  for (const { sheet, edge, to, items, placeOf, trace: cause } of departures) {
    const partner = ledger.partner(to);
    if (partner === undefined) throw new BeltError("PARTNER_UNREACHABLE", `Member ${to} has no profile.`);
    for (const written of writePayloads({ sheet, edge }, items, placeOf)) {
      const name = { sheet, edge, tray: await numbered.next(sheet, edge) };
      const parties = { signer: self.signer, to: { ...partner.seal, member: to } };
      const trace = tracing?.([cause]);
      const payload = trace === undefined ? written : withTrace(written, trace.context);
      trays.push({ ...name, to, trace, bytes: sealTray(name, payload, parties, random) });
    }
  }
  return trays;
}

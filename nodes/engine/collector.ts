import { toBase64url } from "../../pipeline/bytes.ts";
import { BeltError } from "../../pipeline/errors.ts";
import type { Delivery } from "../../pipeline/hop/index.ts";
import type { Json } from "../../pipeline/json.ts";
import { type Receipt, receiptHash, type Status } from "../../pipeline/receipt/index.ts";
import type { Change } from "../store/index.ts";
import type { CaseStore, ToldOutcome } from "./caseStore.ts";
import { keepCopy } from "./copies.ts";
import type { AcceptedTray } from "./inbox.ts";
import { Recent } from "./recent.ts";
import { seenKey } from "./seenTrays.ts";
import type { Signals } from "./signals.ts";
import { ToldCases } from "./toldCases.ts";

/** Collects at the consumer what stations say of its cases: receipts, results and reasons. */
export interface Collector {
  /**
   * The changes that keep a tray's outcomes.
   *
   * @throws {BeltError} `TRAY_CONFLICT` when a station told another story of a case before
   */
  keep(tray: AcceptedTray): Promise<Change[]>;
  take(tray: AcceptedTray): Promise<void>;
  /** How far the stations are with a sheet: for each station the status of each case that it ended, as they come in. */
  progress(sheet: string): Promise<ReadonlyMap<string, ReadonlyMap<number, Status>>>;
  /** The same of one station. */
  ended(sheet: string, station: string): Promise<ReadonlyMap<number, Status>>;
  /** Forgets what memory has of a sheet: it is read again should it be asked for. */
  forget(sheet: string): void;
}

type Stations = Map<string, ToldCases>;

/** Sheets of which it stays in memory: 170 KB for one of the most cases and five stations. */
const mostSheets = 128;

export function createCollector({
  cases,
  signals,
}: {
  readonly cases: CaseStore;
  readonly signals: Signals;
}): Collector {
  const known = new Recent<Promise<Stations>>(mostSheets);
  const of = (sheet: string): Promise<Stations> => Recent.remember(known, sheet, () => read(sheet));

  async function read(sheet: string): Promise<Stations> {
    const stations: Stations = new Map();
    for await (const receipt of cases.receipts(sheet)) {
      add(stations, receipt, toBase64url(receiptHash(receipt)));
    }
    return stations;
  }

  function add(stations: Stations, receipt: Receipt, digest: string): void {
    const { station, status } = receipt;
    const told = stations.get(station) ?? new ToldCases();
    told.add(receipt.case, status, digest);
    stations.set(station, told);
  }

  return {
    async keep(tray) {
      const { name, hash, sheet, deliveries } = tray;
      const stations = await of(sheet.id);
      const changes: Change[] = [{ type: "put", key: seenKey(name), value: Buffer.from(hash, "latin1") }];
      changes.push(...keepCopy(tray));
      const outcomes: ToldOutcome[] = [];
      for (const delivery of deliveries) {
        const { receipt, leaf } = receiptOf(delivery);
        const earlier = stations.get(receipt.station)?.digest(receipt.case);
        if (earlier === delivery.arrival.digest) continue;
        if (earlier !== undefined) {
          throw new BeltError("TRAY_CONFLICT", "The station told another outcome of this case before.", {
            at: `case ${receipt.case}`,
          });
        }
        outcomes.push({ receipt, leaf, reason: delivery.item.reason, fields: resultFields(delivery) });
      }
      if (outcomes.length === 0) return changes;
      const { tray: number } = name;
      changes.push(
        await cases.keepOutcomes({ sheet: sheet.id, station: tray.edge.from, tray: number }, outcomes),
      );
      return changes;
    },
    async take({ sheet, deliveries }) {
      const stations = await of(sheet.id);
      for (const delivery of deliveries) {
        const { receipt } = receiptOf(delivery);
        add(stations, receipt, delivery.arrival.digest);
        signals.emit("outcome", { receipt });
      }
    },
    async progress(sheet) {
      const stations = await of(sheet);
      return new Map([...stations].map(([station, { statuses }]) => [station, statuses]));
    },
    ended: async (sheet, station) => (await of(sheet)).get(station)?.statuses ?? new Map(),
    forget: (sheet) => known.delete(sheet),
  };
}

function receiptOf({ item: { receipt }, leaf }: Delivery) {
  if (receipt === undefined || leaf === undefined)
    throw new BeltError("COMMITMENT_MISMATCH", "A station's item has a receipt.");
  return { receipt, leaf };
}

function resultFields({ arrival }: Delivery): Map<string, Json> {
  const fields = new Map<string, Json>();
  for (const [pointer, value] of arrival.fields) if (value !== undefined) fields.set(pointer, value);
  return fields;
}

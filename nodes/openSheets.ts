import {
  type Address,
  type IndexView,
  isOpen,
  type LedgerEvent,
  type Sheet,
} from "../pipeline/index/index.ts";

/** Counts the booked sheets that are not through, of which a member is the consumer, or has a station. */
export interface OpenSheets {
  /** The ledger says something new. */
  heard(events: readonly LedgerEvent[]): void;
  /** @param at - seconds since 1970 */
  count(at: number): { readonly consumer: number; readonly station: number };
}

/** What is through is not looked at again: the ledger's sheets are many, and few of them are open. */
export function watchOpenSheets(view: IndexView, member: Address): OpenSheets {
  const stationsOf = ({ offers }: Sheet): boolean =>
    offers.some((offer) => view.offers.get(offer)?.member === member);
  const isOwn = (sheet: Sheet): boolean => sheet.consumer === member || stationsOf(sheet);
  const candidates = new Set(view.sheets.keys());

  return {
    heard(events) {
      for (const event of events) if ("sheet" in event) candidates.add(event.sheet);
    },
    count(at) {
      let [consumer, station] = [0, 0];
      for (const id of candidates) {
        const sheet = view.sheets.get(id);
        if (sheet === undefined || !isOpen(sheet, at) || !isOwn(sheet)) {
          candidates.delete(id);
          continue;
        }
        if (sheet.consumer === member) consumer++;
        if (stationsOf(sheet)) station++;
      }
      return { consumer, station };
    },
  };
}

import { parseBelt, parseJson, planBelt } from "../../pipeline/belt/index.ts";
import { compareReport, disputeEvidence, type Receipt } from "../../pipeline/receipt/index.ts";
import type { CaseStore } from "./caseStore.ts";
import type { Collector } from "./collector.ts";
import type { Documents } from "./documents.ts";
import type { BookedSheet, Clock, Ledger, LedgerReport } from "./ports.ts";
import type { EngineEvents, Signals } from "./signals.ts";

/** One report that is not settled, or has cases in dispute. */
export interface Due {
  readonly booked: BookedSheet;
  readonly station: number;
  readonly report: LedgerReport;
}

export interface AcceptanceParts {
  readonly ledger: Ledger;
  readonly cases: CaseStore;
  readonly collector: Collector;
  readonly documents: Documents;
  readonly clock: Clock;
  readonly signals: Signals;
  readonly signal: AbortSignal;
}

/**
 * The consumer's side of payments: holds a report against the receipts, and disputes the cases that it claims and that
 * the receipts deny. For the others it can be accepted once there is a receipt of all that are to be paid.
 *
 * @returns true when it can be accepted; otherwise the time to look again, in milliseconds since 1970, if there is one
 */
export type Examine = (due: Due) => Promise<true | number | undefined>;

export function createAcceptance(parts: AcceptanceParts): Examine {
  const { ledger, cases, collector, documents, clock, signals, signal } = parts;
  /** What was told: reports that can be settled do not change any more. */
  const told = new Set<string>();
  const names = new Map<string, Promise<readonly string[]>>();

  function stationNames(belt: string): Promise<readonly string[]> {
    const known = names.get(belt) ?? readNames(belt);
    names.set(belt, known);
    known.catch(() => names.delete(belt));
    return known;
  }

  async function readNames(belt: string): Promise<readonly string[]> {
    const bytes = await documents.fetch(belt, [], signal);
    const document = parseBelt(parseJson(Buffer.from(bytes).toString("utf8"), { at: belt }));
    return planBelt(document).stations.map(({ name }) => name);
  }

  function tell(news: EngineEvents["disagreed"]): void {
    const id = `${news.sheet}/${news.station}/${news.what}`;
    if (told.has(id)) return;
    told.add(id);
    signals.emit("disagreed", news);
  }

  /** Keeps the receipts of these cases as one document, which any node can ask for; gives its hash. */
  async function keepEvidence(sheet: string, station: string, numbers: readonly number[]): Promise<string> {
    const denied = new Set(numbers);
    const receipts: Receipt[] = [];
    for await (const receipt of cases.receipts(sheet))
      if (receipt.station === station && denied.has(receipt.case)) receipts.push(receipt);
    return documents.put(disputeEvidence(receipts.sort((one, other) => one.case - other.case)));
  }

  return async ({ booked: { sheet, belt, count }, station: number, report }) => {
    // What no receipts tell of, a person accepts, or it is settled after the window.
    if (belt === undefined || report.settled) return undefined;
    const station = (await stationNames(belt))[number] ?? "";
    const receipts = await collector.ended(sheet, station);
    const { claimed, missing, unclaimed } = compareReport(count, report.statusOf, receipts);
    const window = await ledger.acceptanceWindow();
    const end = (report.at + window) * 1_000;
    const place = { sheet, station, until: end };
    if (claimed.length > 0) {
      if (clock.now() > end) {
        tell({ ...place, what: "too late", cases: claimed });
        return undefined;
      }
      const evidence = await keepEvidence(sheet, station, claimed);
      await ledger.dispute({ sheet, station: number, cases: claimed, evidence });
      tell({ ...place, what: "disputed", cases: claimed, evidence });
    }
    if (missing.length > 0) {
      // They may be on their way, and their absence shows nothing: whether to dispute it is for a person to say.
      const patience = (report.at + window / 2) * 1_000;
      if (clock.now() < patience) return patience;
      tell({ ...place, what: "missing", cases: missing });
      return undefined;
    }
    if (unclaimed.length > 0) tell({ ...place, what: "unclaimed", cases: unclaimed });
    return true;
  };
}

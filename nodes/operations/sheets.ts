import { on } from "node:events";
import { type BeltDocument, planBelt } from "../../pipeline/belt/index.ts";
import { assemble } from "../../pipeline/case/index.ts";
import { BeltError } from "../../pipeline/errors.ts";
import { caseStatuses, type IndexView, memberAtStation } from "../../pipeline/index/index.ts";
import type { Json } from "../../pipeline/json.ts";
import type { Receipt, Status } from "../../pipeline/receipt/index.ts";
import type { Case, CaseEvent, NodeOperations, Sheet } from "../api/index.ts";
import type { Outcome, OwnSheet, Signals } from "../engine/index.ts";
import type { ParsedDocuments } from "./documents.ts";
import { nameOf, type OperationParts, timeOf, timeOfSeconds } from "./parts.ts";

type SheetOperations = Pick<NodeOperations, "sheets" | "sheet" | "cases" | "case" | "watch">;

/** How the sheets stand that this member booked. */
export function sheetOperations(
  { engine, ledger, signals }: OperationParts,
  documents: ParsedDocuments,
): SheetOperations {
  async function own(id: string): Promise<OwnSheet> {
    const found = await engine.cases.sheet(id);
    if (found === undefined)
      throw new BeltError("NOT_FOUND", `This node booked no sheet ${id}.`, { at: "sheet" });
    return found;
  }

  async function sheetView(record: OwnSheet): Promise<Sheet> {
    const document = await documents.belt(record.belt);
    const stations = Object.keys(document.stations).toSorted();
    const progress = await engine.collector.progress(record.sheet);
    return {
      sheet: record.sheet,
      belt: { id: record.belt, name: document.belt, version: document.version, title: document.title },
      count: record.count,
      bookedAt: timeOf(record.handedIn),
      deadline: timeOfSeconds(record.deadline),
      state: stateOf(record, stations, progress, ledger.view),
      stations: stations.map((station, number) => {
        const member = memberAtStation(ledger.view, record.belt, number) ?? record.belt;
        const counts = countsOf(progress.get(station));
        const ended = Object.values(counts).reduce((sum, count) => sum + count, 0);
        return {
          station,
          member,
          memberName: nameOf(ledger.view, member),
          ...counts,
          open: record.count - ended,
        };
      }),
    };
  }

  async function caseViews(record: OwnSheet): Promise<Case[]> {
    const document = await documents.belt(record.belt);
    const outcomes: Map<string, Outcome>[] = Array.from({ length: record.count }, () => new Map());
    for await (const outcome of engine.cases.outcomes(record.sheet)) {
      outcomes[outcome.receipt.case]?.set(outcome.receipt.station, outcome);
    }
    return outcomes.map((stations, number) =>
      caseView(number, stations, { record, document, view: ledger.view }),
    );
  }

  return {
    async sheets() {
      const records: OwnSheet[] = [];
      for await (const record of engine.cases.sheets()) records.push(record);
      records.sort((a, b) => b.handedIn - a.handedIn);
      return Promise.all(records.map(sheetView));
    },
    sheet: async (id) => sheetView(await own(id)),
    cases: async (id) => caseViews(await own(id)),
    async case(id, number) {
      const found = (await caseViews(await own(id)))[number];
      if (found === undefined)
        throw new BeltError("NOT_FOUND", `The sheet has no case ${number}.`, { at: "case" });
      return found;
    },
    async *watch(id, signal) {
      const record = await own(id);
      const { stations } = await documents.belt(record.belt);
      const all = record.count * Object.keys(stations).length;
      const end = new AbortController();
      const stopListening = onEnd(signals, id, () => end.abort());
      // Listening begins before what has happened is read, so that nothing falls in between.
      const live = on(signals, "outcome", { signal: AbortSignal.any([signal, end.signal]) });
      const seen = new Set<string>();
      const isNew = ({ sheet, station, case: number }: Receipt): boolean =>
        sheet === id && seen.size !== seen.add(`${station}/${number}`).size;
      try {
        for await (const receipt of engine.cases.receipts(id)) if (isNew(receipt)) yield eventOf(receipt);
        if (ledger.view.sheets.get(record.sheet)?.expiry !== undefined) return;
        while (seen.size < all) {
          const { value, done } = await live.next();
          if (done) return;
          const [{ receipt }] = value;
          if (isNew(receipt)) yield eventOf(receipt);
        }
      } catch (error) {
        if (!(error instanceof Error && error.name === "AbortError")) throw error;
      } finally {
        stopListening();
        await live.return?.();
      }
    },
  };
}

/** Hears when nothing more comes of a sheet: it was closed on the ledger, or never came to be there. */
function onEnd(signals: Signals, id: string, listener: () => void): () => void {
  const ended = ({ sheet }: { readonly sheet: string }): void => {
    if (sheet === id) listener();
  };
  signals.on("closed", ended).on("notBooked", ended);
  return () => void signals.off("closed", ended).off("notBooked", ended);
}

const eventOf = ({ case: number, station, status, finished }: Receipt): CaseEvent => ({
  case: number,
  station,
  status,
  at: timeOf(finished),
});

type Progress = ReadonlyMap<string, ReadonlyMap<number, Status>>;

function stateOf(
  record: OwnSheet,
  stations: readonly string[],
  progress: Progress,
  view: IndexView,
): Sheet["state"] {
  const ended = stations.every((station) => progress.get(station)?.size === record.count);
  if (ended) return "finished";
  const booked = view.sheets.get(record.sheet);
  if (booked === undefined) return "booking";
  return booked.expiry === undefined ? "travelling" : "expired";
}

function countsOf(ended: ReadonlyMap<number, Status> | undefined): Record<Status, number> {
  const counts = { done: 0, skipped: 0, unprocessable: 0, failed: 0, blocked: 0 };
  for (const status of ended?.values() ?? []) counts[status]++;
  return counts;
}

interface CaseContext {
  readonly record: OwnSheet;
  readonly document: BeltDocument;
  readonly view: IndexView;
}

function caseView(number: number, outcomes: ReadonlyMap<string, Outcome>, context: CaseContext): Case {
  const { record, document, view } = context;
  const names = Object.keys(document.stations).toSorted();
  const booked = view.sheets.get(record.sheet);
  // What the ledger closed without a report has expired, whatever is still under way.
  const onLedger = booked === undefined ? [] : caseStatuses(booked, number);
  const stations = Object.fromEntries(
    names.map((name, i): [string, Case["stations"][string]] => {
      const outcome = outcomes.get(name);
      if (outcome === undefined) return [name, { status: onLedger[i] === "expired" ? "expired" : "open" }];
      const { status, rules, received, finished } = outcome.receipt;
      const reason = outcome.reason === undefined ? {} : { reason: outcome.reason };
      return [name, { status, ...reason, rules, receivedAt: timeOf(received), finishedAt: timeOf(finished) }];
    }),
  );
  const result = resultOf(document, outcomes);
  const obstacle = obstacleOf(stations, outcomes);
  const open = names.some((name) => stations[name]?.status === "open");
  const state = obstacle !== undefined ? "not done" : open ? "travelling" : "done";
  const last = Math.max(...[...outcomes.values()].map(({ receipt }) => receipt.finished));
  const seconds = open ? undefined : Math.max(0, (last - record.handedIn) / 1000);
  return {
    case: number,
    state,
    ...(state === "done" ? { result } : {}),
    stations,
    ...(obstacle === undefined ? {} : { reason: obstacle }),
    ...(seconds === undefined || !Number.isFinite(seconds) ? {} : { seconds }),
  };
}

/** The first station, in time, that itself did not deliver: the others were only blocked by it. */
function obstacleOf(
  stations: Case["stations"],
  outcomes: ReadonlyMap<string, Outcome>,
): Case["reason"] | undefined {
  const obstacles = Object.entries(stations)
    .filter(([, { status }]) => status === "unprocessable" || status === "failed" || status === "expired")
    .map(([station, { status, reason }]) => ({ station, status, text: reason ?? "It gave no reason." }));
  const at = (station: string): number => outcomes.get(station)?.receipt.finished ?? Number.POSITIVE_INFINITY;
  return obstacles.toSorted((a, b) => at(a.station) - at(b.station))[0];
}

function resultOf(document: BeltDocument, outcomes: ReadonlyMap<string, Outcome>): Record<string, Json> {
  const values = new Map<string, Json>();
  for (const { target, source, field } of planBelt(document).result) {
    const value = outcomes.get(source)?.fields.get(field);
    if (value !== undefined) values.set(target, value);
  }
  return { ...assemble(values) };
}

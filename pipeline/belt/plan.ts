import type { BeltDocument, StationPlace } from "./document.ts";
import { type Edge, edgeName } from "./edge.ts";
import { errorOf, type Finding, type Report } from "./finding.ts";
import { checkFields, checkResult, checkStation, checkUse, stationOrder } from "./planCheck.ts";

/** How many stations a belt may have: the ledger keeps their states in 32 bits. */
const mostStations = 32;

/** One field that goes into a station's input or the result. */
export interface Need {
  /** Where it goes: a pointer in the input. */
  readonly target: string;
  /** Whose field it is: `case` or a station. */
  readonly source: string;
  /** Which field of the source it is: a pointer in the case or in the station's output. */
  readonly field: string;
}

/** A station as the routing sees it. */
export interface PlannedStation {
  /** The station's number on the ledger. */
  readonly number: number;
  readonly name: string;
  readonly offer: string;
  /** Sorted by target. */
  readonly needs: readonly Need[];
  /** Where its needs come from, distinct and sorted: `case`, other stations, or both. */
  readonly sources: readonly string[];
  readonly when: string | undefined;
}

/** The routing of a belt, derived from its document once and immutable. Everything sorts by code units. */
export interface Plan {
  readonly belt: string;
  readonly version: string;
  /** In the ledger's order: by name, the index being the station's number. */
  readonly stations: readonly PlannedStation[];
  /** The result's fields, sorted by target. */
  readonly result: readonly Need[];
  /** All edges, by name; every station has one to the result, with or without fields. */
  readonly edges: readonly Edge[];
  /** Names of stations, each after all that it needs; among equals by name. */
  readonly order: readonly string[];
  station(name: string): PlannedStation | undefined;
  edge(name: string): Edge | undefined;
  /** The edges that leave a source, by name, and the one to the result last: others go on with what leaves on the rest. */
  edgesFrom(source: string): readonly Edge[];
  /** The pointers that the belt names in a source, distinct and sorted: the fields that the source commits to. */
  fieldsOf(source: string): readonly string[];
}

/**
 * Derives the routing of a belt from its document.
 *
 * @throws {BeltError} `BELT_INVALID`, `BELT_NEED_UNRESOLVED` (a source that the belt does not have),
 *   `BELT_NEEDS_OVERLAP`, `BELT_CYCLE`; the first finding of {@link findPlan}
 */
export function planBelt(document: BeltDocument): Plan {
  const findings: Finding[] = [];
  const plan = findPlan(document, (code, at, message) => findings.push({ code, at, message }));
  const error = errorOf(findings);
  if (error !== undefined) throw error;
  return plan;
}

/** Derives the routing and reports everything that is wrong with it; with a finding the plan is of no use. */
export function findPlan(document: BeltDocument, report: Report): Plan {
  const names = Object.keys(document.stations).toSorted();
  if (names.length === 0) report("BELT_INVALID", "/stations", "A belt has at least one station.");
  if (names.length > mostStations) {
    report(
      "BELT_INVALID",
      "/stations",
      `A belt has at most ${mostStations} stations; this one has ${names.length}.`,
    );
  }
  const stations = names.map((name, number) => plannedStation(name, number, document));
  const result = needsOf(document.result);
  for (const station of stations) checkStation(station, names, report);
  checkResult(result, names, report);

  const fields = fieldsBySource(stations, result);
  checkFields(fields, stations, result, report);
  const order = stationOrder(stations, report);
  checkUse(stations, result, report);
  return freezePlan({ document, stations, result, fields, order });
}

function plannedStation(name: string, number: number, { stations }: BeltDocument): PlannedStation {
  const { offer, needs, when }: Partial<StationPlace> = stations[name] ?? {};
  const list = needsOf(needs ?? {});
  const sources = distinct(list.map(({ source }) => source));
  return Object.freeze({ number, name, offer: offer ?? "", needs: list, sources, when });
}

function needsOf(needs: Readonly<Record<string, string>>): readonly Need[] {
  const list = Object.entries(needs).map(([target, reference]) =>
    Object.freeze({ target, ...parseReference(reference) }),
  );
  return Object.freeze(list.toSorted((a, b) => (a.target < b.target ? -1 : 1)));
}

/** The two parts of a reference such as `case#/loan`. */
function parseReference(reference: string): { readonly source: string; readonly field: string } {
  const hash = reference.indexOf("#");
  return { source: reference.slice(0, hash), field: reference.slice(hash + 1) };
}

function fieldsBySource(
  stations: readonly PlannedStation[],
  result: readonly Need[],
): ReadonlyMap<string, readonly string[]> {
  const all = [...stations.flatMap(({ needs }) => needs), ...result];
  const bySource = Map.groupBy(all, ({ source }) => source);
  return new Map([...bySource].map(([source, needs]) => [source, distinct(needs.map(({ field }) => field))]));
}

interface Parts {
  readonly document: BeltDocument;
  readonly stations: readonly PlannedStation[];
  readonly result: readonly Need[];
  readonly fields: ReadonlyMap<string, readonly string[]>;
  readonly order: readonly string[];
}

function freezePlan({ document, stations, result, fields, order }: Parts): Plan {
  const edges = Object.freeze(edgesOf(stations, result));
  const stationsByName = new Map(stations.map((station) => [station.name, station]));
  const edgesByName = new Map(edges.map((edge) => [edge.name, edge]));
  const leaving = Map.groupBy(edges.toSorted(resultLast), ({ from }) => from);
  for (const each of leaving.values()) Object.freeze(each);
  return Object.freeze({
    belt: document.belt,
    version: document.version,
    stations: Object.freeze(stations),
    result: Object.freeze(result),
    edges,
    order,
    station: (name: string) => stationsByName.get(name),
    edge: (name: string) => edgesByName.get(name),
    edgesFrom: (source: string) => leaving.get(source) ?? none,
    fieldsOf: (source: string) => fields.get(source) ?? none,
  });
}

const none: readonly never[] = Object.freeze([]);

const resultLast = (a: Edge, b: Edge): number => Number(a.to === "result") - Number(b.to === "result");

function edgesOf(stations: readonly PlannedStation[], result: readonly Need[]): readonly Edge[] {
  const edges = stations.flatMap(({ name, needs, sources }) =>
    sources.map((source) => edge(source, name, needs)),
  );
  for (const { name } of stations) edges.push(edge(name, "result", result));
  return edges.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function edge(from: string, to: string, needs: readonly Need[]): Edge {
  const fields = distinct(needs.filter(({ source }) => source === from).map(({ field }) => field));
  return Object.freeze({ name: edgeName(from, to), from, to, fields });
}

function distinct(texts: readonly string[]): readonly string[] {
  return Object.freeze([...new Set(texts)].toSorted());
}

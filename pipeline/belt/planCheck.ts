import { findOverlap, formatPointer } from "../case/index.ts";
import { reservedNames } from "./document.ts";
import type { Report } from "./finding.ts";
import type { Need, PlannedStation } from "./plan.ts";

export function checkStation(
  { name, needs }: PlannedStation,
  names: readonly string[],
  report: Report,
): void {
  const at = formatPointer(["stations", name]);
  if (reservedNames.some((reserved) => reserved === name)) {
    report("BELT_INVALID", at, `A station cannot be named ${name}; that is an end of the belt.`);
  }
  if (needs.length === 0)
    report("BELT_INVALID", `${at}/needs`, `Station ${name} needs nothing; it needs a field.`);
  for (const { target, source } of needs) {
    if (source === "case" || names.includes(source)) continue;
    report("BELT_NEED_UNRESOLVED", needAt(name, target), `There is no station ${source} to need a field of.`);
  }
  checkTargets(needs, (target) => needAt(name, target), report);
}

export function checkResult(result: readonly Need[], names: readonly string[], report: Report): void {
  if (result.length === 0)
    report("BELT_INVALID", "/result", "The result has no field; it takes at least one.");
  for (const { target, source } of result) {
    const at = resultAt(target);
    if (source === "case") {
      report("BELT_INVALID", at, "The consumer has the case already: the result takes fields of stations.");
    } else if (!names.includes(source)) {
      report("BELT_NEED_UNRESOLVED", at, `There is no station ${source} to take a field of.`);
    }
  }
  checkTargets(result, resultAt, report);
}

function checkTargets(needs: readonly Need[], at: (target: string) => string, report: Report): void {
  const overlap = findOverlap(needs.map(({ target }) => target));
  if (overlap === undefined) return;
  const [outer, inner] = overlap;
  report("BELT_NEEDS_OVERLAP", at(inner), `Two fields would go to one place: ${inner} lies within ${outer}.`);
}

/** Where in the document a need of a station is. */
export function needAt(station: string, target: string): string {
  return formatPointer(["stations", station, "needs", target]);
}

/** Where in the document a field of the result is. */
export function resultAt(target: string): string {
  return formatPointer(["result", target]);
}

/** The first place in the document that names a field. */
function placeOf(
  source: string,
  field: string,
  stations: readonly PlannedStation[],
  result: readonly Need[],
): string {
  const names = (need: Need): boolean => need.source === source && need.field === field;
  for (const { name, needs } of stations) {
    const need = needs.find(names);
    if (need !== undefined) return needAt(name, need.target);
  }
  return resultAt(result.find(names)?.target ?? "");
}

/** No two fields of a source may overlap: each has one commitment. */
export function checkFields(
  fields: ReadonlyMap<string, readonly string[]>,
  stations: readonly PlannedStation[],
  result: readonly Need[],
  report: Report,
): void {
  for (const [source, pointers] of fields) {
    const overlap = findOverlap(pointers);
    if (overlap === undefined) continue;
    const [outer, inner] = overlap;
    const message = `Field ${inner} of ${source} lies within its field ${outer}, which is needed too.`;
    report("BELT_NEEDS_OVERLAP", placeOf(source, inner, stations, result), message);
  }
}

/** The stations' names, each after those that it needs; reports the first cycle. */
export function stationOrder(stations: readonly PlannedStation[], report: Report): readonly string[] {
  const order: string[] = [];
  let left = stations;
  while (left.length > 0) {
    const waiting = new Set(left.map(({ name }) => name));
    const ready = left.filter(({ sources }) => sources.every((source) => !waiting.has(source)));
    if (ready.length === 0) {
      reportCycle(left, report);
      break;
    }
    order.push(...ready.map(({ name }) => name));
    left = left.filter((station) => !ready.includes(station));
  }
  return Object.freeze(order);
}

/** Walks against the edges among stations of which none can go first, until one comes up again. */
function reportCycle(left: readonly PlannedStation[], report: Report): void {
  const path: PlannedStation[] = [];
  let here = left[0];
  while (here !== undefined && !path.includes(here)) {
    path.push(here);
    const { sources } = here;
    here = left.find(({ name }) => sources.includes(name));
  }
  if (here === undefined) return;
  // Against the edges, so that the reversed path reads the way the fields would go.
  const cycle = path.slice(path.indexOf(here)).toReversed();
  const [first] = cycle;
  const names = [...cycle, first].map((station) => station?.name).join(" > ");
  const need = first?.needs.find(({ source }) => source === cycle.at(-1)?.name);
  const at = needAt(first?.name ?? "", need?.target ?? "");
  report("BELT_CYCLE", at, `The stations need each other in a circle: ${names}.`);
}

/** Every station must lead to the result: work that nobody uses is paid for all the same. */
export function checkUse(stations: readonly PlannedStation[], result: readonly Need[], report: Report): void {
  const used = new Set(result.map(({ source }) => source));
  for (let before = -1; before !== used.size; ) {
    before = used.size;
    for (const { name, sources } of stations)
      if (used.has(name)) for (const source of sources) used.add(source);
  }
  for (const { name } of stations) {
    if (used.has(name)) continue;
    const message = `Nobody uses the outcome of station ${name}: neither the result nor a station that leads to it.`;
    report("BELT_INVALID", formatPointer(["stations", name]), message);
  }
}

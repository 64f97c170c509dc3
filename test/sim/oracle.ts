import { type BeltDocument, type PlannedStation, planBelt } from "../../pipeline/belt/index.ts";
import { derive, toBase64url } from "../../pipeline/bytes.ts";
import { commit } from "../../pipeline/disclosure/index.ts";
import type { Receipt, Status } from "../../pipeline/receipt/index.ts";
import type { Journal } from "./journal.ts";
import { type Input, type Kind, type Output, sum, verdict } from "./stations.ts";

/** What must have become of one case at one station. */
export interface Expected {
  readonly status: Status;
  readonly output: Output | undefined;
}

export interface CaseParts {
  readonly sheet: string;
  readonly case: number;
  readonly value: Readonly<Record<string, number>>;
  readonly document: BeltDocument;
  /** The kind of work of each station. */
  readonly kindOf: (station: string) => Kind;
  /** The secret of the member of each station. */
  readonly secretOf: (station: string) => Uint8Array;
  readonly receiptOf: (station: string) => Receipt | undefined;
  readonly journal: Journal;
}

/**
 * What the belt's document says of a case, worked out here on its own. An answer that does not follow from its input
 * is whichever of those that were given the station's receipt commits to.
 *
 * @throws {Error} when a receipt commits to an output that the station never gave
 */
export function expectedOf(parts: CaseParts): ReadonlyMap<string, Expected> {
  const plan = planBelt(parts.document);
  const known = new Map<string, Expected>();
  for (const name of plan.order) {
    const station = plan.station(name);
    if (station !== undefined) known.set(name, atStation(station, plan.fieldsOf(name), known, parts));
  }
  return known;
}

function atStation(
  { name, sources, needs, when }: PlannedStation,
  fields: readonly string[],
  known: ReadonlyMap<string, Expected>,
  parts: CaseParts,
): Expected {
  const stations = sources.filter((source) => source !== "case").map((source) => known.get(source)?.status);
  if (stations.some((status) => status !== "done" && status !== "skipped")) return ended("blocked");
  const input: Record<string, number> = {};
  for (const { target, source, field } of needs) {
    const from: Readonly<Record<string, number>> =
      source === "case" ? parts.value : { ...known.get(source)?.output };
    const value = from[field.slice(1)];
    if (value !== undefined) input[target.slice(1)] = value;
  }
  const { a, b, c } = input;
  if (a === undefined) return ended("skipped");
  const [, field = "", bound = ""] = /^(\w) > (\d+)$/.exec(when ?? "") ?? [];
  if (when !== undefined && !((input[field] ?? Number.NEGATIVE_INFINITY) > Number(bound)))
    return ended("skipped");
  const whole = { a, ...(b === undefined ? {} : { b }), ...(c === undefined ? {} : { c }) };
  return worked(name, whole, fields, parts);
}

function worked(name: string, input: Input, fields: readonly string[], parts: CaseParts): Expected {
  const kind = parts.kindOf(name);
  const found = verdict(input);
  if (found !== "fine") return ended(found);
  const output = sum(input);
  if (kind === "hang" && input.a % 3 === 0) {
    // It can be done only where its operator had the station corrected, and had it tried again in time.
    const isCorrected = parts.journal.corrected.has(`${parts.sheet}/${name}/${parts.case}`);
    const isDone = isCorrected && parts.receiptOf(name)?.status === "done";
    return isDone ? { status: "done", output } : ended("failed");
  }
  if (kind !== "dice" && kind !== "ask") return { status: "done", output };
  const receipt = parts.receiptOf(name);
  if (receipt?.status !== "done") return { status: "done", output: undefined };
  const answers = [...(parts.journal.answers.get(`${parts.sheet}/${name}/${parts.case}`) ?? [])];
  const outputs = answers.map((y): Output => ({ x: kind === "ask" ? y % 10 : output.x, y }));
  const secret = derive(parts.secretOf(name), `output/${parts.sheet}/${name}/${parts.case}`);
  const given = outputs.find((each) => {
    const values = new Map(fields.map((field) => [field, field === "/x" ? each.x : each.y]));
    return toBase64url(commit(secret, values).commitment) === receipt.out;
  });
  if (given === undefined) throw new Error(`${name} committed to what it never answered`);
  return { status: "done", output: given };
}

const ended = (status: Status): Expected => ({ status, output: undefined });

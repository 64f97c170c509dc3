import { outputSchemaOf, type Station, workOn } from "../../../nodes/stations/index.ts";
import { compileCondition, type Need, type PlannedStation } from "../../../pipeline/belt/index.ts";
import { assemble, compileSchema, fieldAt } from "../../../pipeline/case/index.ts";
import { arrive, emptyHop, type Hop, next } from "../../../pipeline/hop/index.ts";
import type { Json, JsonObject } from "../../../pipeline/json.ts";
import type { Status } from "../../../pipeline/receipt/index.ts";
import { plan } from "./files.ts";

interface Ended {
  readonly status: Status;
  readonly reason?: string;
  readonly output?: JsonObject;
}

export interface Walked {
  readonly stations: Readonly<Record<string, Ended>>;
  readonly result: JsonObject;
}

/** A station with the settings that its member gives it. */
export interface Manned {
  readonly station: Station;
  readonly settings: JsonObject;
}

/** Takes one case over the belt in this process: each station gets the fields that it needs and no others. */
export async function walk(
  application: JsonObject,
  manned: Readonly<Record<string, Manned>>,
): Promise<Walked> {
  const ended = new Map<string, Ended>([["case", { status: "done", output: application }]]);
  for (const name of plan.order) {
    const place = plan.station(name);
    const here = manned[name];
    if (place === undefined || here === undefined) throw new Error(`Nobody offers ${name}.`);
    ended.set(name, await workAt(place, here, ended));
  }
  ended.delete("case");
  return { stations: Object.fromEntries(ended), result: assemble(valuesOf(plan.result, ended)) };
}

async function workAt(
  { name, needs, sources, when }: PlannedStation,
  { station, settings }: Manned,
  ended: ReadonlyMap<string, Ended>,
): Promise<Ended> {
  let hop: Hop = emptyHop;
  for (const source of sources) {
    const { status, output } = ended.get(source) ?? { status: "blocked", output: undefined };
    const named = needs.filter((need) => need.source === source).map(({ field }) => field);
    const fields = named.map((field) => [field, output && fieldAt(output, field)] as const);
    hop = arrive(hop, source, { digest: source, status, fields: new Map(fields) });
  }
  const todo = next(hop, {
    sources,
    needs,
    assemble,
    when: when === undefined ? () => true : compileCondition(when, station.input),
    misfits: (input) => misfits(station.input, input),
  });
  if (todo.do === "wait") throw new Error("Everything has arrived.");
  if (todo.do === "end") return { status: todo.status, reason: todo.reason };
  const outcome = await workOn(
    station,
    todo.input,
    {
      ...{ now: Date.UTC(2026, 2, 2), key: `case-${name}`, attempt: 1, settings },
      ...{ signal: new AbortController().signal, mayUse: async () => false },
    },
    { output: outputSchemaOf(station) },
  );
  if (outcome.status === "done") return { status: "done", output: outcome.output };
  if (outcome.status === "task" || outcome.status === "timer") {
    throw new Error("No station of this belt waits.");
  }
  return { status: outcome.status, reason: outcome.reason };
}

function valuesOf(needs: readonly Need[], ended: ReadonlyMap<string, Ended>): [string, Json][] {
  return needs.flatMap(({ target, source, field }): [string, Json][] => {
    const output = ended.get(source)?.output;
    const value = output && fieldAt(output, field);
    return value === undefined ? [] : [[target, value]];
  });
}

/** The places at which a value does not fit a schema. */
export function misfits(schema: JsonObject, value: Json): readonly string[] {
  const validity = compileSchema(schema).validate(value);
  return validity.valid ? [] : validity.errors.map(({ at, message }) => `${at} ${message}`);
}

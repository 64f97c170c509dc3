import { outputSchemaOf, type Resumed, type Station, workOn } from "../../nodes/stations/index.ts";
import {
  type BeltDocument,
  compileCondition,
  type PlannedStation,
  planBelt,
} from "../../pipeline/belt/index.ts";
import { assemble, compileSchema, fieldAt } from "../../pipeline/case/index.ts";
import { type Arrival, arrive, emptyHop, type Hop, next } from "../../pipeline/hop/index.ts";
import type { Json, JsonObject } from "../../pipeline/json.ts";
import type { Status } from "../../pipeline/receipt/index.ts";

/** A station with the settings that its member gives it. */
export interface Manned {
  readonly station: Station;
  readonly settings: JsonObject;
}

/** How a case ended at one station, and what it went through there. */
export interface Ended {
  readonly status: Status;
  readonly reason?: string;
  readonly input?: JsonObject;
  readonly output?: JsonObject;
  /** What a person was shown. */
  readonly form?: JsonObject;
  /** How long the case waited, in milliseconds. */
  readonly waited?: number;
}

export interface Walk {
  readonly document: BeltDocument;
  /** By the places' names. */
  readonly manned: Readonly<Record<string, Manned>>;
  readonly case: JsonObject;
  /** When the case sets out, in milliseconds since 1970. */
  readonly now: number;
  /** What people answer, by the places' names. */
  readonly answers?: Readonly<Record<string, JsonObject>>;
}

/**
 * Takes one case over a belt in this process: each station gets the fields that it needs and no others, people
 * answer at once, and waits take no time.
 */
export async function walkBelt(walk: Walk): Promise<{ stations: Record<string, Ended>; result: JsonObject }> {
  const plan = planBelt(walk.document);
  const ended = new Map<string, Ended>([["case", { status: "done", output: walk.case }]]);
  for (const name of plan.order) {
    const place = plan.station(name);
    const manned = walk.manned[name];
    if (place === undefined || manned === undefined) throw new Error(`Nobody offers ${name}.`);
    ended.set(name, await stop(place, manned, ended, walk));
  }
  const result = plan.result.flatMap(({ target, source, field }) =>
    fieldFrom(target, ended.get(source), field),
  );
  const stations = Object.fromEntries(ended);
  delete stations["case"];
  return { stations, result: assemble(result) };
}

async function stop(
  place: PlannedStation,
  { station, settings }: Manned,
  ended: ReadonlyMap<string, Ended>,
  { now, answers = {} }: Walk,
): Promise<Ended> {
  const todo = next(hopOf(place, ended), {
    sources: place.sources,
    needs: place.needs,
    assemble: (values) => assemble(values),
    when: place.when === undefined ? () => true : compileCondition(place.when, station.input),
    misfits: (input) => {
      const validity = compileSchema(station.input).validate(input);
      return validity.valid ? [] : validity.errors.map(({ at, message }) => `${at} ${message}`);
    },
  });
  if (todo.do === "wait") throw new Error("Everything has arrived.");
  if (todo.do === "end") return { status: todo.status, reason: todo.reason };
  const { input } = todo;
  const output = outputSchemaOf(station);
  const work = (at: number, resumed?: Resumed) => {
    const signal = new AbortController().signal;
    const context = { now: at, key: place.name, attempt: 1, signal, settings, mayUse: async () => false };
    return workOn(station, input, context, { output, resumed });
  };
  let outcome = await work(now);
  const seen: { form?: JsonObject; waited?: number } = {};
  if (outcome.status === "task") {
    seen.form = outcome.form;
    const answer = answers[place.name];
    if (answer === undefined) throw new Error(`Nobody answers at ${place.name}.`);
    outcome = await work(now, { from: "task", answer });
  } else if (outcome.status === "timer") {
    seen.waited = outcome.until - now;
    outcome = await work(outcome.until, { from: "timer", startedAt: now });
  }
  if (outcome.status === "done") return { status: "done", input, output: outcome.output, ...seen };
  if (outcome.status === "task" || outcome.status === "timer") throw new Error("The case waits again.");
  return { status: outcome.status, reason: outcome.reason, input, ...seen };
}

function hopOf({ sources, needs }: PlannedStation, ended: ReadonlyMap<string, Ended>): Hop {
  let hop = emptyHop;
  for (const source of sources) {
    const from = ended.get(source);
    const fields = needs
      .filter((need) => need.source === source)
      .map(({ field }): [string, Json | undefined] => [
        field,
        from?.output === undefined ? undefined : fieldAt(from.output, field),
      ]);
    const arrival: Arrival = { digest: source, status: from?.status ?? "blocked", fields: new Map(fields) };
    hop = arrive(hop, source, arrival);
  }
  return hop;
}

function fieldFrom(target: string, from: Ended | undefined, field: string): [string, Json][] {
  const value = from?.output === undefined ? undefined : fieldAt(from.output, field);
  return value === undefined ? [] : [[target, value]];
}

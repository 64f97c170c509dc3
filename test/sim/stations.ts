import { type Processor, prepareProcessor, workHere } from "../../nodes/engine/index.ts";
import {
  defineHumanStation,
  defineStation,
  defineTimerStation,
  type Station,
  type TimerContext,
  Unprocessable,
  type WorkContext,
} from "../../nodes/stations/index.ts";
import type { Journal } from "./journal.ts";
import type { Random } from "./random.ts";
import type { Time } from "./time.ts";

/** What every station takes and gives, so that any can follow on any. */
export interface Input {
  readonly a: number;
  readonly b?: number;
  readonly c?: number;
}
export interface Output {
  readonly x: number;
  readonly y: number;
}

const number = { type: "number" };
const schemas = {
  version: "1.0.0",
  input: {
    type: "object",
    properties: { a: number, b: number, c: number },
    required: ["a"],
    additionalProperties: false,
  },
  output: {
    type: "object",
    properties: { x: number, y: number },
    required: ["x", "y"],
    additionalProperties: false,
  },
} satisfies Partial<Station>;

/**
 * The kinds of work: at once, after some time, with another answer at each attempt, never ending, by a person, and
 * after a long wait.
 */
export const kinds = ["sum", "slow", "dice", "hang", "ask", "nap"] as const;
export type Kind = (typeof kinds)[number];

/** What goes wrong with a case at any station, by its input alone. */
export function verdict({ a }: Input): "fine" | "unprocessable" | "failed" {
  if (a % 17 === 5) return "unprocessable";
  return a % 19 === 7 ? "failed" : "fine";
}

export const sum = ({ a, b = 0, c = 0 }: Input): Output => ({
  x: (a + 2 * b + 3 * c) % 1_000,
  y: (7 * a) % 1_000,
});

/** How long a nap is, in milliseconds. */
export const napOf = ({ a }: Input): number => 1_000 * (a % 10) ** 3;

export interface StationParts {
  readonly time: Time;
  readonly random: Random;
  readonly journal: Journal;
  /** When the wait of a case began by the node's disk, in milliseconds since 1970. */
  keptSince(key: string): number | undefined;
}

function stationOf(kind: Kind, { time, random, journal, keptSince }: StationParts): Station {
  const contract = { ...schemas, name: kind };
  const judged = (input: Input, { key }: WorkContext): void => {
    journal.worked(key, { ...input });
    const found = verdict(input);
    if (found === "unprocessable") throw new Unprocessable("There is no such number here.");
    if (found === "failed") throw new Error("The machine is broken for this one.");
  };
  switch (kind) {
    case "ask":
      return defineHumanStation<Input>({
        ...contract,
        form(input, context) {
          judged(input, context);
          return input;
        },
      });
    case "nap":
      return defineTimerStation<Input, Output>({
        ...contract,
        until(input, context: TimerContext) {
          judged(input, context);
          if (context.startedAt !== context.now)
            journal.napping(context.key, context.startedAt, keptSince(context.key));
          return context.startedAt + napOf(input);
        },
        after: (input) => sum(input),
      });
    default:
      return defineStation<Input, Output>({
        ...contract,
        async process(input, context) {
          judged(input, context);
          if (kind === "hang" && input.a % 3 === 0 && !journal.corrected.has(context.key)) {
            await new Promise(() => {});
          }
          if (kind === "slow") {
            await new Promise<void>((resolve) => void time.after(random.skewed(1, 10_000), resolve));
          }
          const output = sum(input);
          return kind === "dice" ? { ...output, y: journal.roll(context.key) } : output;
        },
      });
  }
}

const prepared = new Map<Kind, Processor>();

/** Makes the processor of a kind of work. What follows from the kind alone, its schemas compiled, is made once. */
export function processorOf(kind: Kind, parts: StationParts): Processor {
  const station = stationOf(kind, parts);
  const known = prepared.get(kind) ?? prepareProcessor(station, {});
  prepared.set(kind, known);
  return { ...known, station, work: workHere(station, known.settings, known.output) };
}

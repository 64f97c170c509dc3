import { z } from "zod";
import { type Code, catalogue } from "../../../pipeline/errors.ts";
import type { JsonObject } from "../station.ts";

// What is within is for the station's schemas, not for these.
const Value = z.custom<JsonObject>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "is no object",
);
const KnownCode = z.custom<Code>(
  (value) => typeof value === "string" && Object.hasOwn(catalogue, value),
  "is no code of the catalogue",
);

/** An error of the catalogue on its way. */
const Problem = z.strictObject({ code: KnownCode, message: z.string() });

/** One case for a station's process to work on. */
const Order = z.strictObject({
  input: Value,
  now: z.number(),
  key: z.string(),
  attempt: z.int(),
  resumed: z
    .discriminatedUnion("from", [
      z.strictObject({ from: z.literal("task"), answer: Value }),
      z.strictObject({ from: z.literal("timer"), startedAt: z.number() }),
    ])
    .optional(),
});
export type Order = z.infer<typeof Order>;

/** What the node tells a station's process. */
export const ToProcess = z.array(
  z.discriminatedUnion("do", [
    z.strictObject({ do: z.literal("load"), module: z.string(), settings: Value }),
    z.strictObject({ do: z.literal("work"), id: z.int(), order: Order }),
    /** Asks for a sign of life. */
    z.strictObject({ do: z.literal("answer") }),
    /** What came of a question, by its number. */
    z.strictObject({ do: z.literal("hear"), question: z.int(), may: z.union([z.boolean(), Problem]) }),
  ]),
);
export type ToProcess = z.infer<typeof ToProcess>[number];

const Use = z.strictObject({ owner: z.string(), source: z.string(), purpose: z.string() });

/** What a process says of a case. */
const Said = z.discriminatedUnion("status", [
  z.strictObject({ status: z.literal("done"), output: z.unknown() }),
  z.strictObject({ status: z.literal("unprocessable"), reason: z.string() }),
  z.strictObject({ status: z.literal("failed"), reason: z.string(), code: KnownCode.optional() }),
  z.strictObject({ status: z.literal("task"), form: z.unknown() }),
  z.strictObject({ status: z.literal("timer"), until: z.number() }),
]);

/** What was thrown that nobody caught: its kind, and where it was thrown, a frame a line. */
const Thrown = z.strictObject({ name: z.string().max(100), places: z.string().max(8_000) });
export type Thrown = z.infer<typeof Thrown>;

/** A line of text that a station's process printed. */
export interface PrintedLine {
  readonly stream: "stdout" | "stderr";
  readonly text: string;
  /** Bytes at its end that are left out. */
  readonly cut: number;
}

/** What a station's process tells the node: the code in it is the member's own, and may have put anything there. */
export const FromProcess = z.array(
  z.discriminatedUnion("is", [
    z.strictObject({ is: z.literal("loaded") }),
    z.strictObject({ is: z.literal("refused"), problem: Problem }),
    z.strictObject({ is: z.literal("alive") }),
    /** It ends, since it cannot go on after this. */
    z.strictObject({ is: z.literal("broken"), thrown: Thrown }),
    /** Asks for the case with this number whether data may be used. */
    z.strictObject({ is: z.literal("asking"), id: z.int(), question: z.int(), use: Use }),
    z.strictObject({ is: z.literal("outcome"), id: z.int(), outcome: Said }),
  ]),
);
export type FromProcess = z.infer<typeof FromProcess>[number];

import type { Json, JsonObject } from "../../pipeline/json.ts";

/** What a station is, whatever its kind: what it takes, what it gives, and which rules it applies. */
export interface StationContract {
  /** The offer's name, such as `income`. */
  readonly name: string;
  /** The version of the station's rules; every receipt names it. */
  readonly version: string;
  readonly title?: string;
  readonly description?: string;
  /** JSON Schemas (2020-12). */
  readonly input: JsonObject;
  readonly output: JsonObject;
}

/** What a processor is told besides its input. */
export interface WorkContext {
  /** The time of processing, in milliseconds since 1970. */
  readonly now: number;
  /** Identifies the case towards the member's own systems: the same for every attempt, and no personal data. */
  readonly key: string;
  /** Aborts when the deadline passes or the node stops. */
  readonly signal: AbortSignal;
  /** The station's own settings from the node's configuration. */
  readonly settings: JsonObject;
}

/** How the processing of one case ended, or what it waits for. */
export type Outcome =
  | { readonly status: "done"; readonly output: JsonObject }
  /** The case itself cannot be processed (the register does not know the person, say); trying again is no use. */
  | { readonly status: "unprocessable"; readonly reason: string }
  /** The station could not do its work, after its retries. */
  | { readonly status: "failed"; readonly reason: string }
  /** A person must answer. `form` is what the person is asked; the answer must fit the output schema. */
  | { readonly status: "task"; readonly form: JsonObject }
  /** Nothing to do before this time, in milliseconds since 1970. */
  | { readonly status: "timer"; readonly until: number };

/** One processor of a member. `answer` is a person's answer, present when a task of the case was completed. */
export interface Station extends StationContract {
  readonly kind: "function" | "http" | "sql" | "human" | "timer";
  work(input: JsonObject, context: WorkContext, resumed?: Resumed): Promise<Outcome>;
}

/** What a case that waited comes back with. */
export type Resumed =
  | { readonly from: "task"; readonly answer: JsonObject }
  | { readonly from: "timer"; readonly startedAt: number };

/** Throw this from `process` to say that the case itself cannot be processed; the reason goes to the consumer. */
export class Unprocessable extends Error {
  override readonly name = "Unprocessable";
}

export type { Json, JsonObject };

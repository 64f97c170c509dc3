import type { Code } from "../../pipeline/errors.ts";
import type { Json, JsonObject } from "../../pipeline/json.ts";

/** What a station is, whatever its kind: what it takes, what it gives, and which rules it applies. */
export interface StationContract {
  /** The offer's name, such as `income`. */
  readonly name: string;
  /** The version of the station's rules; every receipt names it. */
  readonly version: string;
  /** One line for a list of offers: English, or a text for each language (BCP 47 tag). The name when absent. */
  readonly title?: string | Readonly<Record<string, string>>;
  readonly description?: string | Readonly<Record<string, string>>;
  /** JSON Schemas (2020-12). */
  readonly input: JsonObject;
  readonly output: JsonObject;
}

/** What of somebody's data this member wants to use, as its consent on the ledger has it. */
export interface DataUse {
  /** The account of the data's owner. */
  readonly owner: string;
  /** The salted commitments to source and purpose, 32 bytes each. */
  readonly source: string;
  readonly purpose: string;
}

/** What a processor is told besides its input, and what it can ask. */
export interface WorkContext {
  /** The time of processing, in milliseconds since 1970. */
  readonly now: number;
  /** Which attempt at this case it is; the first is 1. */
  readonly attempt: number;
  /** Identifies the case towards the member's own systems: the same for every attempt, and no personal data. */
  readonly key: string;
  /** Aborts when the time for the case is over, its deadline passes or the node stops. */
  readonly signal: AbortSignal;
  /** The station's own settings from the node's configuration. */
  readonly settings: JsonObject;
  /**
   * Whether the ledger lets this member use data now: granted by its owner, neither expired nor revoked. Asks the newest
   * block, and waits while the ledger does not answer.
   *
   * @param signal ends the waiting; that of the case when it is left out
   */
  mayUse(use: DataUse, signal?: AbortSignal): Promise<boolean>;
}

/**
 * How the processing of one case ended, or what it waits for. What a station itself returns is an
 * `Outcome<unknown>`: nothing is known of the output until `workOn` has checked it.
 */
export type Outcome<Output = JsonObject> =
  | { readonly status: "done"; readonly output: Output }
  /** The case itself cannot be processed (the register does not know the person, say); trying again is no use. */
  | { readonly status: "unprocessable"; readonly reason: string }
  /** The station could not do its work, after its retries. */
  | { readonly status: "failed"; readonly reason: string; readonly code?: Code | undefined }
  /** A person must answer. `form` is what the person is shown; the answer must fit the output schema. */
  | { readonly status: "task"; readonly form: Output }
  /** Nothing to do before this time, in milliseconds since 1970. */
  | { readonly status: "timer"; readonly until: number };

export const stationKinds = ["function", "http", "sql", "human", "timer"] as const;
export type StationKind = (typeof stationKinds)[number];

/** One processor of a member. */
export interface Station extends StationContract {
  readonly kind: StationKind;
  /**
   * Works on one case. May throw: {@link Unprocessable} says that the case cannot be processed, any other error
   * that the station could not. Only `workOn` calls it.
   */
  work(input: JsonObject, context: WorkContext, resumed?: Resumed): Promise<Outcome<unknown>>;
  /** Asked once, when the node starts. Throws a `BeltError` when the station cannot work with these settings. */
  ready?(settings: JsonObject): void | Promise<void>;
  /** Lets go of what the station holds open: connections, files. */
  close?(): void | Promise<void>;
}

/**
 * What a case that waited comes back with: a person's answer, or the time (milliseconds since 1970) at which the
 * station first said that it waits. The engine keeps both, so that a restart changes neither.
 */
export type Resumed =
  | { readonly from: "task"; readonly answer: JsonObject }
  | { readonly from: "timer"; readonly startedAt: number };

/** Throw this from `process` to say that the case itself cannot be processed; the reason goes to the consumer. */
export class Unprocessable extends Error {
  override readonly name = "Unprocessable";
}

/**
 * Whether an error says that the case cannot be processed. By name, since a station's file may have loaded
 * another copy of this package than the node that runs it.
 */
export function isUnprocessable(error: unknown): error is Unprocessable {
  return error instanceof Error && error.name === "Unprocessable";
}

export type { Json, JsonObject };

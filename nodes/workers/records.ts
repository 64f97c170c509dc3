import { z } from "zod";
import { utf8 } from "../../pipeline/bytes.ts";
import { canonical } from "../../pipeline/json.ts";
import type { Store } from "../store/index.ts";

/** That a worker lives: what it writes counts as long as this stands in the store. */
export const workerKey = (id: string): string => `worker/${id}`;
/** What it says all the time, so that the others know. */
export const beatKey = (id: string): string => `beat/${id}`;
/** Which worker has something that is one's at a time. */
export const claimKey = (what: string): string => `claim/${what}`;

export const sheetClaim = (sheet: string): string => `sheet/${sheet}`;
export const lead = "lead";
export const log = "log";

/** What of a store is of no use to another one. */
export const isOfWorkers = (key: string): boolean => /^(?:worker|beat|claim)\//.test(key);

/** Where the other workers of the member reach one. */
const Addresses = z.strictObject({
  /** Its partner face. */
  url: z.url(),
  /** Its operator's API. */
  api: z.url(),
});
export type Addresses = z.infer<typeof Addresses>;

const Beat = z.strictObject({ number: z.int(), at: Addresses.nullable() });
type Beat = z.infer<typeof Beat>;

export const writeBeat = (beat: Beat): Uint8Array => utf8(canonical(beat));

/** A worker as the store has it. */
export interface SeenWorker {
  /** The beat as it stands there. */
  readonly beat: string;
  /** Undefined until it can be reached. */
  readonly at: Addresses | undefined;
}

/** All workers of whom it is not known that they are gone. */
export async function readBeats(store: Store): Promise<ReadonlyMap<string, SeenWorker>> {
  const workers = new Map<string, SeenWorker>();
  for await (const [at, value] of store.entries({ prefix: beatKey("") })) {
    const beat = textOf(value);
    const { at: addresses } = Beat.parse(JSON.parse(beat));
    workers.set(at.slice(beatKey("").length), { beat, at: addresses ?? undefined });
  }
  return workers;
}

export const textOf = (value: Uint8Array): string => Buffer.from(value).toString("utf8");

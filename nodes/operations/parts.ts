import { type Address, AddressText, type IndexView } from "../../pipeline/index/index.ts";
import type { Config } from "../config.ts";
import type { Clock, Engine, Processor, Signals } from "../engine/index.ts";
import type { Ledger } from "../ledger/index.ts";
import type { Store } from "../store/index.ts";

/** What the operator's operations are made of. */
export interface OperationParts {
  readonly config: Config;
  readonly version: string;
  readonly member: Address;
  readonly ledger: Ledger;
  readonly engine: Engine;
  /** 32 bytes that nobody else has: what is put on the ledger of a client's words follows from them as well. */
  readonly secret: Uint8Array;
  readonly store: Store;
  readonly signals: Signals;
  readonly processors: ReadonlyMap<string, Processor>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly reasons: () => readonly string[];
}

/** Seconds since 1970 as RFC 3339 text; far beyond what dates hold is their last moment. */
export const timeOfSeconds = (seconds: number): string => timeOf(seconds * 1000);

/** The last moment that JavaScript's dates hold (ECMA-262, section 21.4.1.1). */
const lastMoment = 8.64e15;

/** Milliseconds since 1970 as RFC 3339 text, in UTC. */
export const timeOf = (milliseconds: number): string =>
  new Date(Math.min(milliseconds, lastMoment)).toISOString();

export const nameOf = (view: IndexView, member: string): string =>
  view.profiles.get(AddressText.parse(member))?.name ?? member;

import type { RandomBytes } from "../../pipeline/bytes.ts";
import { nextContext, type TraceContext } from "../../pipeline/tray/index.ts";

/** Where something that the engine does stands in a trace. */
export interface Trace {
  readonly context: TraceContext;
  /** What it is done because of: the first is its parent, where there is one. */
  readonly causes: readonly TraceContext[];
}

/** Gives a thing to be done its place below what caused it; where nothing did, a trace begins. */
export type BeginTrace = (causes: readonly (TraceContext | undefined)[]) => Trace;

export const createTracing =
  (random: RandomBytes): BeginTrace =>
  (causes) => {
    const known = causes.filter((cause) => cause !== undefined);
    return { context: nextContext(known[0], random), causes: known };
  };

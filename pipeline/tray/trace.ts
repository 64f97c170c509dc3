import { z } from "zod";
import { type RandomBytes, toHex, utf8 } from "../bytes.ts";

/** Where in a trace something was done (W3C Trace Context, section 3.2.2): of which trace, as which span. */
export interface TraceContext {
  /** 16 bytes in lower-case hexadecimal digits, not all zero. */
  readonly trace: string;
  /** 8 bytes, likewise. */
  readonly span: string;
  /** Whether whoever began the trace has it recorded. */
  readonly sampled: boolean;
}

const form = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-0([01])$/;

/** A `traceparent` of version 00, as trays carry it. */
export const TraceParent = z.string().regex(form, "use a traceparent of version 00");

/** The context in a `traceparent`. */
export function readTraceParent(text: string): TraceContext {
  const [, trace = "", span = "", flags] = form.exec(text) ?? [];
  return { trace, span, sampled: flags === "1" };
}

export const writeTraceParent = ({ trace, span, sampled }: TraceContext): string =>
  `00-${trace}-${span}-0${sampled ? 1 : 0}`;

/**
 * The context of something that is about to be done.
 *
 * @param parent what it is done because of; without it a trace begins
 * @param random makes the ids
 */
export function nextContext(parent: TraceContext | undefined, random: RandomBytes): TraceContext {
  const id = (size: number): string => toHex(random(size)).slice(2);
  const { trace, sampled } = parent ?? { trace: id(16), sampled: true };
  return { trace, span: id(8), sampled };
}

/** A payload with the context of its tray's sending in it. Its bytes stay as they are, so that they are not encoded again. */
export function withTrace(payload: Uint8Array, context: TraceContext): Uint8Array {
  return Buffer.concat([utf8(`{"traceparent":"${writeTraceParent(context)}",`), payload.subarray(1)]);
}

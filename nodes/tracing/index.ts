import type { Logger } from "pino";
import type { Signals } from "../engine/index.ts";
import { type Span, tellSpans } from "./spans.ts";

/** Takes spans to whoever collects them. */
export interface Recorder {
  record(span: Span): void;
  /** Sends what is left, and waits for that no longer than a moment. */
  close(): Promise<void>;
}

export interface RecorderParts {
  /** The collector's URL, without the path of traces. */
  readonly endpoint: string;
  /** The member's name and account, by which its spans are told from others. */
  readonly name: string;
  readonly member: string;
  /** The version of the product. */
  readonly version: string;
  readonly log: Pick<Logger, "info" | "warn">;
}

/** Records what the engine says, for as long as the node runs. The SDK is loaded only now: most nodes do not trace. */
export async function openTracing(
  parts: RecorderParts & { readonly signals: Signals; readonly now: () => number },
): Promise<Recorder> {
  const { openRecorder } = await import("./otlp.ts");
  const recorder = openRecorder(parts);
  tellSpans(parts.signals, { record: recorder.record, now: parts.now });
  return recorder;
}

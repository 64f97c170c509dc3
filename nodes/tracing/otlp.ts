import {
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  BatchSpanProcessor,
  type IdGenerator,
  type SpanExporter,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import type { TraceContext } from "../../pipeline/tray/index.ts";
import type { Recorder, RecorderParts } from "./index.ts";

/** What a stopping node waits for the collector at most, and what one request may take, in milliseconds. */
const [patience, requestLimit] = [1_000, 3_000];

const kinds = {
  internal: SpanKind.INTERNAL,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const;

/**
 * Sends spans to an OpenTelemetry collector over HTTP, some at a time (OTLP, JSON). What does not fit its queue of 2,048
 * while the collector is away is dropped. Headers come from `OTEL_EXPORTER_OTLP_HEADERS`. Nothing else knows the SDK.
 */
export function openRecorder({ endpoint, name, member, version, log }: RecorderParts): Recorder {
  const url = `${endpoint.replace(/\/+$/, "")}/v1/traces`;
  const exporter = telling(new OTLPTraceExporter({ url, timeoutMillis: requestLimit }), log);
  const ids = new GivenIds();
  const provider = new TracerProvider({
    idGenerator: ids,
    resource: resourceFromAttributes({
      "service.namespace": "belt",
      "service.name": name,
      "service.instance.id": member,
      "service.version": version,
    }),
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: 1_000 })],
  });
  const tracer = provider.getTracer("digital-conveyor-belt", version);

  return {
    record(span) {
      const [parent, ...links] = span.trace.causes.map(contextOf);
      ids.given = span.trace.context;
      const recorded = tracer.startSpan(
        span.name,
        {
          ...{ kind: kinds[span.kind], startTime: span.start, attributes: { ...span.attributes } },
          links: links.map((context) => ({ context })),
        },
        parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent),
      );
      if (span.problem !== undefined) {
        recorded.setAttribute("error.type", span.problem);
        recorded.setStatus({ code: SpanStatusCode.ERROR });
      }
      recorded.end(span.end);
    },
    async close() {
      // A collector that hangs keeps no node from stopping.
      const late = new Promise<void>((resolve) => setTimeout(resolve, patience).unref());
      await Promise.race([provider.shutdown().catch(() => undefined), late]);
    },
  };
}

/** Spans are told of when they are over, and their ids are in trays by then: the SDK takes those, and makes none. */
class GivenIds implements IdGenerator {
  given: TraceContext | undefined;

  generateTraceId(): string {
    return this.given?.trace ?? "";
  }

  generateSpanId(): string {
    return this.given?.span ?? "";
  }
}

const contextOf = ({ trace: traceId, span: spanId }: TraceContext): SpanContext => ({
  ...{ traceId, spanId, traceFlags: TraceFlags.SAMPLED },
});

/** An exporter that says when the collector begins to fail, and when it works again. */
function telling(exporter: OTLPTraceExporter, log: RecorderParts["log"]): SpanExporter {
  let fails = false;
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        const failed = result.code !== 0;
        if (failed && !fails) log.warn({ reason: result.error?.message }, "The collector takes no traces.");
        if (!failed && fails) log.info("The collector takes traces again.");
        fails = failed;
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
  };
}

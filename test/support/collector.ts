import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { z } from "zod";
import { listen } from "../../nodes/listen.ts";

const Attributes = z
  .array(
    z.object({
      key: z.string(),
      value: z.union([
        z.object({ stringValue: z.string() }).transform(({ stringValue }) => stringValue),
        z.object({ intValue: z.coerce.number() }).transform(({ intValue }) => intValue),
      ]),
    }),
  )
  .transform((list) => Object.fromEntries(list.map(({ key, value }) => [key, value])));

const Nanoseconds = z.string().transform((text) => Number(BigInt(text) / 1_000_000n));

/** A request of OTLP/HTTP with JSON, as far as is looked at here. */
const Request = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: Attributes }),
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.object({
              traceId: z.string(),
              spanId: z.string(),
              parentSpanId: z.string().optional(),
              name: z.string(),
              kind: z.int(),
              startTimeUnixNano: Nanoseconds,
              endTimeUnixNano: Nanoseconds,
              attributes: Attributes,
              links: z.array(z.object({ traceId: z.string(), spanId: z.string() })).default([]),
              status: z.object({ code: z.int().optional() }).default({}),
            }),
          ),
        }),
      ),
    }),
  ),
});

/** A span as the collector got it, with what it is said of its service. */
export type CollectedSpan = z.output<
  typeof Request
>["resourceSpans"][number]["scopeSpans"][number]["spans"][number] & {
  readonly service: Readonly<Record<string, string | number>>;
};

/** An OpenTelemetry collector that keeps what it gets. */
export interface Collector {
  readonly url: string;
  readonly spans: CollectedSpan[];
  /** All bytes that came, as text. */
  readonly texts: string[];
  readonly headers: Readonly<Record<string, unknown>>[];
  /** With what it answers. */
  status: number;
  close(): Promise<void>;
}

export async function startCollector(): Promise<Collector> {
  const spans: CollectedSpan[] = [];
  const [texts, headers]: [string[], Collector["headers"]] = [[], []];
  const server = createServer(async (request, response) => {
    headers.push({ ...request.headers, path: request.url });
    const body = await json(request);
    if (collector.status === 200) {
      texts.push(JSON.stringify(body));
      for (const { resource, scopeSpans } of Request.parse(body).resourceSpans) {
        const service = resource.attributes;
        spans.push(...scopeSpans.flatMap((scope) => scope.spans.map((span) => ({ ...span, service }))));
      }
    }
    response.writeHead(collector.status, { "content-type": "application/json" }).end("{}");
  });
  const listening = await listen(server, { host: "127.0.0.1", port: 0 });
  const collector: Collector = {
    ...{ url: listening.url, spans, texts, headers, status: 200 },
    close: () => listening.close(),
  };
  return collector;
}

/** The spans without a parent among them that they name: there is one in a trace that is connected. */
export const roots = (spans: readonly CollectedSpan[]): readonly CollectedSpan[] => {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  return spans.filter(({ parentSpanId }) => parentSpanId === undefined || !ids.has(parentSpanId));
};

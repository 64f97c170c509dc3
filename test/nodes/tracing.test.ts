import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createSignals, type Signals } from "../../nodes/engine/index.ts";
import { openTracing, type Recorder } from "../../nodes/tracing/index.ts";
import { BeltError } from "../../pipeline/errors.ts";
import { type Collector, startCollector } from "../support/collector.ts";
import { until } from "../support/until.ts";

const sheet = `0x${"0a".repeat(32)}`;
const to = `0x${"0b".repeat(20)}`;
const contextOf = (span: string) => ({ trace: "ab".repeat(16), span: span.repeat(8), sampled: true });
const at = 1_767_225_600_000;

let collector: Collector;
let recorder: Recorder;
let signals: Signals;
let lines: string[];
beforeEach(async () => {
  collector = await startCollector();
  signals = createSignals();
  lines = [];
  vi.stubEnv("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20secret");
  recorder = await openTracing({
    ...{ endpoint: `${collector.url}/`, name: "acme", member: to, version: "1.2.3", signals },
    log: pino({}, { write: (line: string) => void lines.push(line) }),
    now: () => at,
  });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await recorder.close();
  await collector.close();
});

const tray = { sheet, edge: "income>decision", tray: 4 };

describe("what the engine says", () => {
  it("reaches the collector with its place in the trace, its time, and no more than which tray it was", async () => {
    signals.emit("accepted", {
      ...{ tray, items: 200, bytes: 1_000, milliseconds: 250 },
      trace: { context: contextOf("02"), causes: [contextOf("01")] },
    });
    await recorder.close();
    expect(collector.spans).toEqual([
      {
        traceId: "ab".repeat(16),
        spanId: "02".repeat(8),
        parentSpanId: "01".repeat(8),
        name: "accept income>decision",
        kind: 5,
        startTimeUnixNano: at - 250,
        endTimeUnixNano: at,
        attributes: {
          "belt.sheet": sheet,
          "belt.edge": "income>decision",
          "belt.tray": 4,
          "belt.cases": 200,
        },
        links: [],
        status: { code: 0 },
        service: {
          "service.namespace": "belt",
          "service.name": "acme",
          "service.instance.id": to,
          "service.version": "1.2.3",
        },
      },
    ]);
    expect(collector.headers).toMatchObject([{ path: "/v1/traces", authorization: "Bearer secret" }]);
  });

  it("is a span for the booking, one a batch at a station, and one for each tray that is acknowledged", async () => {
    const [book, work, send] = [contextOf("01"), contextOf("02"), contextOf("03")];
    signals.emit("left", { sheet, cases: 300, since: at - 900, trace: { context: book, causes: [] } });
    const trace = { context: work, causes: [book, contextOf("09")] };
    const worked = [{ sheet, station: "income", cases: 300, since: at - 80, trace }];
    signals.emit("committed", { receipts: [], worked, milliseconds: 5 });
    const sent = { ...tray, to, trace: { context: send, causes: [work] } };
    signals.emit("sent", { tray: sent, milliseconds: 40, attempts: 2 });
    await recorder.close();
    expect(
      collector.spans.map(({ name, parentSpanId, kind, startTimeUnixNano }) => ({
        ...{ name, parentSpanId, kind, took: at - startTimeUnixNano },
      })),
    ).toEqual([
      { name: "book", parentSpanId: undefined, kind: 1, took: 900 },
      { name: "process income", parentSpanId: book.span, kind: 1, took: 80 },
      { name: "send income>decision", parentSpanId: work.span, kind: 4, took: 40 },
    ]);
    expect(collector.spans[1]?.links).toMatchObject([{ spanId: "09".repeat(8) }]);
    expect(collector.spans[2]?.attributes).toMatchObject({ "belt.to": to, "belt.attempts": 2 });
  });

  it("is an error for a tray that its receiver will never take, and nothing while it is tried again", async () => {
    const sent = { ...tray, to, trace: { context: contextOf("03"), causes: [contextOf("02")] } };
    const failed = { tray: sent, attempts: 1, milliseconds: 9 };
    signals.emit("refused", { ...failed, problem: new BeltError("OVERLOADED", "Busy."), final: false });
    signals.emit("refused", { ...failed, problem: new BeltError("SHEET_CLOSED", "Over."), final: true });
    await recorder.close();
    expect(collector.spans).toMatchObject([
      { status: { code: 2 }, attributes: { "error.type": "SHEET_CLOSED", "belt.attempts": 2 } },
    ]);
  });

  it("is no span where it has no place in a trace, or whoever began the trace records nothing", async () => {
    signals.emit("accepted", { tray, items: 1, bytes: 1, milliseconds: 1 });
    const trace = { context: { ...contextOf("02"), sampled: false }, causes: [] };
    signals.emit("accepted", { tray, items: 1, bytes: 1, milliseconds: 1, trace });
    await recorder.close();
    expect(collector.headers).toEqual([]);
  });
});

describe("a collector that fails", () => {
  const accept = (): void =>
    void signals.emit("accepted", {
      ...{ tray, items: 1, bytes: 1, milliseconds: 1 },
      trace: { context: contextOf("02"), causes: [] },
    });

  it("is told of once, and again when it works", async () => {
    collector.status = 400;
    accept();
    await until(() => lines.length === 1);
    accept();
    await until(() => collector.headers.length === 2);
    collector.status = 200;
    accept();
    await until(() => lines.length === 2);
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual([
      "The collector takes no traces.",
      "The collector takes traces again.",
    ]);
  });

  it("holds up nobody who stops", async () => {
    await collector.close();
    accept();
    const start = performance.now();
    await recorder.close();
    expect(performance.now() - start).toBeLessThan(2_500);
  });
});

import { afterEach, describe, expect, it } from "vitest";
import { defineStation } from "../../../nodes/stations/index.ts";
import { type Span, tellSpans } from "../../../nodes/tracing/spans.ts";
import { closed, number } from "../../support/closed.ts";
import { Consortium } from "../../support/consortium.ts";
import { until } from "../../support/until.ts";

const plusOne = (name: string) =>
  defineStation<{ n: number }, { m: number }>({
    ...{ name, version: "1.0.0", input: closed({ n: number }), output: closed({ m: number }) },
    process: ({ n }) => ({ m: n + 1 }),
  });
const add = defineStation<{ a: number; b: number }, { sum: number }>({
  ...{
    name: "add",
    version: "1.0.0",
    input: closed({ a: number, b: number }),
    output: closed({ sum: number }),
  },
  process: ({ a, b }) => ({ sum: a + b }),
});

/** Two stations side by side, and one that needs both. */
const belt = {
  belt: "join",
  case: closed({ n: number }),
  stations: {
    one: { offer: "north/one", needs: { "/n": "case#/n" } },
    other: { offer: "south/other", needs: { "/n": "case#/n" } },
    add: { offer: "east/add", needs: { "/a": "one#/m", "/b": "other#/m" } },
  },
  result: { "/sum": "add#/sum" },
};
const members = { shop: [], north: [plusOne("one")], south: [plusOne("other")], east: [add] };

let consortium: Consortium;
afterEach(async () => {
  await consortium.stop();
});

/** Has 300 cases travel, and gives all that was told of them, with the trays as they were on their way. */
async function travel(traced: (name: string) => boolean) {
  const trays: { readonly to: string; readonly tray: Uint8Array }[] = [];
  consortium = new Consortium({ members, traced, network: ({ to, tray }) => void trays.push({ to, tray }) });
  await consortium.start();
  const spans: (Span & { readonly member: string })[] = [];
  for (const [name, { signals }] of consortium.members) {
    tellSpans(signals, { record: (span) => void spans.push({ ...span, member: name }), now: Date.now });
  }
  const id = await consortium.publish(belt, "shop");
  const sheet = await consortium.book(
    "shop",
    id,
    Array.from({ length: 300 }, (_, n) => ({ n })),
  );
  await until(
    async () => (await consortium.engine("shop").collector.progress(sheet)).get("add")?.size === 300,
  );
  await until(() => [...consortium.members.values()].every(({ engine }) => engine?.load().unsent === 0));
  return { sheet, spans, trays };
}

const byId = (spans: readonly Span[]): ReadonlyMap<string, Span> =>
  new Map(spans.map((span) => [span.trace.context.span, span]));

describe("members that trace", () => {
  it("have one connected trace for a sheet, from its booking to its last result", async () => {
    const { sheet, spans } = await travel(() => true);
    expect(new Set(spans.map(({ trace }) => trace.context.trace)).size).toBe(1);
    const known = byId(spans);
    const first = spans.filter(({ trace }) => trace.causes.length === 0);
    expect(first.map(({ name, member }) => [name, member])).toEqual([["book", "shop"]]);
    for (const { name, trace } of spans) {
      for (const cause of trace.causes) expect(known.has(cause.span), name).toBe(true);
    }
    expect(new Set(spans.map(({ attributes }) => attributes["belt.sheet"]))).toEqual(new Set([sheet]));
    // What a station that joins does is linked to the trays from both sides.
    const joined = spans.filter(({ name }) => name === "process add").flatMap(({ trace }) => trace.causes);
    const sources = new Set(joined.map(({ span }) => known.get(span)?.name));
    expect(sources).toEqual(new Set(["accept one>add", "accept other>add"]));
  });

  it("have a span for each tray at either end, below each other, and one a batch: never one a case", async () => {
    const { spans, trays } = await travel(() => true);
    const known = byId(spans);
    const accepted = spans.filter(({ name }) => name.startsWith("accept "));
    const sent = spans.filter(({ name }) => name.startsWith("send "));
    expect([accepted.length, sent.length]).toEqual([trays.length, trays.length]);
    for (const { name, member, trace } of accepted) {
      const cause = known.get(trace.causes[0]?.span ?? "");
      expect(cause).toMatchObject({ name: name.replace("accept", "send") });
      expect(cause).not.toMatchObject({ member });
    }
    expect(spans.length).toBeLessThan(100);
    const at = (station: string): number =>
      spans
        .filter(({ name }) => name === `process ${station}`)
        .reduce((sum, { attributes }) => sum + Number(attributes["belt.cases"]), 0);
    expect(["one", "other", "add"].map(at)).toEqual([300, 300, 300]);
  });
});

describe("a member that does not trace", () => {
  it("sends no context and tells nothing; those behind it begin traces of their own", async () => {
    const { spans, trays } = await travel((name) => name !== "shop" && name !== "north");
    expect(new Set(spans.map(({ member }) => member))).toEqual(new Set(["south", "east"]));
    const begins = spans.filter(({ trace }) => trace.causes.length === 0).map(({ name }) => name);
    expect(new Set(begins)).toEqual(new Set(["accept case>other", "accept one>add"]));
    const traced = trays
      .map(({ to, tray }) => consortium.open(to, tray))
      .map(({ edge, trace }) => [edge, trace !== undefined]);
    expect(Object.fromEntries(traced)).toEqual({
      ...{ "case>one": false, "case>other": false, "one>add": false, "one>result": false },
      ...{ "other>add": true, "other>result": true, "add>result": true },
    });
  });
});

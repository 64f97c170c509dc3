import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { defineStation, type Outcome, type Station } from "../../../nodes/stations/index.ts";
import { BeltError } from "../../../pipeline/errors.ts";
import { heldAlarm, run } from "./support.ts";

const open = { type: "object", additionalProperties: true };
const contract = { name: "any", version: "1.0.0", input: open, output: open };

function giving(output: unknown, schema: Station["output"] = open): Station {
  return { ...contract, kind: "function", output: schema, work: async () => ({ status: "done", output }) };
}

function throwing(thrown: unknown): Station {
  return {
    ...contract,
    kind: "function",
    work() {
      throw thrown;
    },
  };
}

describe("time", () => {
  const listening = defineStation({
    ...contract,
    process: (_input, { signal }) =>
      new Promise<object>((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      }),
  });
  const deaf = defineStation({ ...contract, process: () => new Promise<object>(() => {}) });

  test.each([
    ["listens to its signal", listening],
    ["does not", deaf],
  ])("work beyond the time limit fails, where the station %s", async (_, station) => {
    const { alarm, ring, asked } = heldAlarm();
    const outcome = run(station, {}, { settings: { timeoutMs: 1_500 } }, { alarm });
    await asked();
    ring();
    expect(await outcome).toEqual({
      status: "failed",
      reason: "The work took longer than 1500 ms.",
      code: "STATION_TIMEOUT",
    });
  });

  test("the limit is 30 seconds where the settings say nothing", async () => {
    const { alarm, ring, asked } = heldAlarm();
    const outcome = run(deaf, {}, {}, { alarm });
    expect(await asked()).toBe(30_000);
    ring();
    expect(await outcome).toMatchObject({ code: "STATION_TIMEOUT" });
  });

  test.each([
    ["listens to its signal", listening],
    ["does not", deaf],
  ])("the node's signal stops the work at once, where the station %s", async (_, station) => {
    const stopping = new AbortController();
    const outcome = run(station, {}, { signal: stopping.signal });
    stopping.abort();
    expect(await outcome).toEqual({
      status: "failed",
      reason: "The work was stopped.",
      code: "STATION_STOPPED",
    });
  });

  test("a signal that has aborted before lets nothing start to count", async () => {
    expect(await run(deaf, {}, { signal: AbortSignal.abort() })).toMatchObject({ code: "STATION_STOPPED" });
  });

  test("nothing waits on after the work is done", async () => {
    const { alarm, waiting } = heldAlarm();
    await run(giving({}), {}, {}, { alarm });
    expect(waiting()).toBe(0);
  });
});

describe("what a station returns", () => {
  const person = {
    type: "object",
    properties: {
      name: { type: "string" },
      address: { type: "object", properties: { city: { type: "string" } } },
      notes: { type: "array", items: { type: "object", properties: { text: { type: "string" } } } },
    },
    required: ["name"],
  };

  test.each([
    ["at the top", { name: "Test", salary: 1 }, "/salary"],
    ["within an object", { name: "Test", address: { city: "Testdorp", street: "x" } }, "/address/street"],
    ["within an array", { name: "Test", notes: [{ text: "a" }, { text: "b", by: "x" }] }, "/notes/1/by"],
    ["with a name that pointers escape", { name: "Test", "a/b~c": 1 }, "/a~1b~0c"],
  ])("a field outside the schema is refused %s, and the reason names it", async (_, output, pointer) => {
    const outcome = await run(giving(output, person), {});
    expect(outcome).toMatchObject({ status: "failed", code: "STATION_OUTPUT_REFUSED" });
    expect(reasonOf(outcome)).toContain(pointer);
  });

  test("a field that is missing or of another type is refused, without its value", async () => {
    expect(reasonOf(await run(giving({}, person), {}))).toContain("name");
    const outcome = await run(giving({ name: 123_456_789 }, person), {});
    expect(reasonOf(outcome)).toContain("/name");
    expect(reasonOf(outcome)).not.toContain("123");
  });

  test("an object whose schema says what else it may have is left open", async () => {
    const schema = {
      type: "object",
      properties: { kind: { type: "string" } },
      additionalProperties: { type: "integer" },
    };
    expect(await run(giving({ kind: "a", more: 1 }, schema), {})).toMatchObject({ status: "done" });
    expect(await run(giving({ kind: "a", more: "x" }, schema), {})).toMatchObject({ status: "failed" });
  });

  test("an object put together by allOf is closed around all its parts", async () => {
    const schema = {
      type: "object",
      properties: { a: { type: "integer" } },
      allOf: [{ properties: { b: { type: "integer" } } }],
    };
    expect(await run(giving({ a: 1, b: 2 }, schema), {})).toMatchObject({ status: "done" });
    expect(reasonOf(await run(giving({ a: 1, b: 2, c: 3 }, schema), {}))).toContain("/c");
  });

  const cycle: { self?: object } = {};
  cycle.self = cycle;
  test.each<[string, unknown, string]>([
    ["nothing", undefined, "undefined"],
    ["null", null, "null"],
    ["an array", [1], "array"],
    ["a text", "done", "string"],
    ["a cycle", cycle, "nested"],
    ["a date", { at: new Date(0) }, "/at is an object of the class Date"],
    ["a map", { at: new Map([["a", 1]]) }, "/at is an object of the class Map"],
    ["a function", { run: () => 1 }, "/run is a function"],
    ["a bigint", { sum: 1n }, "/sum is a bigint"],
    ["not a number", { sum: Number.NaN }, "/sum is NaN"],
    ["an infinity", { sums: [1, Number.POSITIVE_INFINITY] }, "/sums/1 is Infinity"],
    ["half a character", { text: "\ud800" }, "/text"],
    ["a prototype's name", JSON.parse('{"__proto__":{"admin":true}}'), "/__proto__"],
    ["a hole in an array", { list: Object.assign([], { length: 3 }) }, "/list/0 is undefined"],
    ["an enormous array", { list: Object.assign([], { length: 4_000_000_000 }) }, "/list has more than"],
    ["an enormous text", { text: "x".repeat(2_000_000) }, "/text is over"],
  ])("%s is refused, and the reason says where", async (_, output, what) => {
    const outcome = await run(giving(output), {});
    expect(outcome).toMatchObject({ status: "failed", code: "STATION_OUTPUT_REFUSED" });
    expect(reasonOf(outcome)).toContain(what);
  });

  test("a value that throws when it is read fails the station only", async () => {
    const trap = new Proxy(
      {},
      {
        ownKeys() {
          throw new Error("No looking.");
        },
      },
    );
    expect(await run(giving(trap), {})).toMatchObject({ status: "failed", reason: "No looking." });
    const getter = Object.defineProperty({}, "name", { enumerable: true, get: () => Promise.reject });
    expect(await run(giving(getter), {})).toMatchObject({ status: "failed", code: "STATION_OUTPUT_REFUSED" });
  });

  test("what was checked is what leaves: a value that changes when it is read again changes nothing", async () => {
    let reads = 0;
    const output = Object.defineProperty({}, "sum", {
      enumerable: true,
      get: () => (reads++ === 0 ? 1 : "secret"),
    });
    const schema = { type: "object", properties: { sum: { type: "integer" } } };
    expect(await run(giving(output, schema), {})).toEqual({ status: "done", output: { sum: 1 } });
  });

  test("members that are undefined are left out, as JSON does", async () => {
    expect(await run(giving({ a: 1, b: undefined }), {})).toEqual({ status: "done", output: { a: 1 } });
  });

  test("any JSON object leaves unchanged", async () => {
    const json = fc
      .dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue({ maxDepth: 6 }))
      .map((value): unknown => JSON.parse(JSON.stringify(value)))
      .filter((value) => !JSON.stringify(value).includes('"__proto__"'));
    await fc.assert(
      fc.asyncProperty(json, async (value) => {
        expect(await run(giving(value), {})).toEqual({ status: "done", output: value });
      }),
      { numRuns: 200 },
    );
  });

  test.each<[string, unknown]>([
    ["no outcome", undefined],
    ["an unknown status", { status: "fine" }],
    ["a wait without end", { status: "timer", until: Number.POSITIVE_INFINITY }],
    ["a reason that is no text", { status: "unprocessable", reason: { secret: 1 } }],
  ])("%s fails the station", async (_, outcome) => {
    const station: Station = {
      ...contract,
      kind: "function",
      work: async () => JSON.parse(JSON.stringify(outcome ?? null)),
    };
    expect(await run(station, {})).toMatchObject({ status: "failed", code: "STATION_FAILED" });
  });
});

describe("what a station throws", () => {
  test("becomes one line of bounded length", async () => {
    const outcome = await run(throwing(new Error(`first\nsecond\u0000\u202e\t${"x".repeat(1_000)}`)), {});
    expect(reasonOf(outcome)).toMatch(/^first second x+…$/);
    expect(reasonOf(outcome)).toHaveLength(300);
  });

  test("keeps its code when it is one of ours", async () => {
    const outcome = await run(
      throwing(new BeltError("STATION_SOURCE_FAILED", "The service answered 400.")),
      {},
    );
    expect(outcome).toEqual({
      status: "failed",
      reason: "The service answered 400.",
      code: "STATION_SOURCE_FAILED",
    });
  });

  test("tells nothing of the member's machine", async () => {
    const station = defineStation({
      ...contract,
      process: async () => {
        const { readFile } = await import("node:fs/promises");
        return { text: await readFile("/no/such/secret-place", "utf8") };
      },
    });
    expect(await run(station, {})).toMatchObject({
      status: "failed",
      reason: "The station failed (ENOENT).",
    });
  });

  test("is recognised by name when it comes from another copy of the package", async () => {
    const foreign = Object.assign(new Error("The register does not know the person."), {
      name: "Unprocessable",
    });
    expect(await run(throwing(foreign), {})).toMatchObject({ status: "unprocessable" });
  });

  const trap = new Proxy(new Error("x"), {
    get() {
      throw new Error("No looking.");
    },
  });
  test.each<[string, unknown]>([
    ["undefined", undefined],
    ["a text", "no"],
    ["an error without a message", new Error("")],
    ["an error that throws when it is looked at", trap],
  ])("%s is a failure without a reason", async (_, thrown) => {
    expect(await run(throwing(thrown), {})).toEqual({
      status: "failed",
      reason: "The station failed and gave no reason.",
      code: "STATION_FAILED",
    });
  });
});

function reasonOf(outcome: Outcome): string {
  return "reason" in outcome ? outcome.reason : "";
}

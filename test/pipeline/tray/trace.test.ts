import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  nextContext,
  type TraceContext,
  withTrace,
  writePayloads,
  writeTraceParent,
} from "../../../pipeline/tray/index.ts";
import { readTraceParent, TraceParent } from "../../../pipeline/tray/trace.ts";
import {
  openAsReceiver,
  sealed,
  signedTray,
  someItem,
  trayHeader,
  trayName,
} from "../../support/trayParts.ts";

/** The example of W3C Trace Context, section 3.2.3. */
const example = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const context = { trace: "4bf92f3577b34da6a3ce929d0e0e4736", span: "00f067aa0ba902b7", sampled: true };

const hexadecimal = (size: number) =>
  fc
    .uint8Array({ minLength: size, maxLength: size })
    .filter((bytes) => bytes.some((byte) => byte > 0))
    .map((bytes) => Buffer.from(bytes).toString("hex"));
const anyContext: fc.Arbitrary<TraceContext> = fc.record(
  { trace: hexadecimal(16), span: hexadecimal(8), sampled: fc.boolean() },
  { noNullPrototype: true },
);

describe("a traceparent", () => {
  test("is read and written as W3C has it", () => {
    expect(readTraceParent(example)).toEqual(context);
    expect(writeTraceParent(context)).toBe(example);
  });

  test("comes back as it was", () => {
    fc.assert(
      fc.property(anyContext, (given) => {
        expect(readTraceParent(TraceParent.parse(writeTraceParent(given)))).toEqual(given);
      }),
    );
  });

  test.each([
    ["of another version", `01${example.slice(2)}`],
    ["of no trace", `00-${"0".repeat(32)}-00f067aa0ba902b7-01`],
    ["of no span", `00-4bf92f3577b34da6a3ce929d0e0e4736-${"0".repeat(16)}-01`],
    ["in upper case", example.toUpperCase()],
    ["with other flags", `${example.slice(0, -1)}2`],
    ["with more behind it", `${example}-00`],
  ])("%s is refused", (_, text) => {
    expect(TraceParent.safeParse(text).success).toBe(false);
  });
});

describe("what is done next", () => {
  test("is of its parent's trace, as another span, and recorded where that is", () => {
    const next = nextContext(context, randomBytes);
    expect(next).toMatchObject({ trace: context.trace, sampled: true });
    expect(next.span).toMatch(/^[0-9a-f]{16}$/);
    expect(next.span).not.toBe(context.span);
    expect(nextContext({ ...context, sampled: false }, randomBytes).sampled).toBe(false);
  });

  test("begins a trace where there is no parent", () => {
    const [one, other] = [nextContext(undefined, randomBytes), nextContext(undefined, randomBytes)];
    expect(one.trace).toMatch(/^[0-9a-f]{32}$/);
    expect(one.trace).not.toBe(other.trace);
    expect(one.sampled).toBe(true);
  });
});

describe("on a tray", () => {
  const [payload = Buffer.alloc(0)] = writePayloads(trayName, [someItem]);

  test("it is inside the seal, beside the items", async () => {
    const traced = withTrace(payload, context);
    expect(JSON.parse(Buffer.from(traced).toString())).toEqual({ traceparent: example, items: [someItem] });
    const tray = sealed(signedTray(trayHeader, Buffer.from(traced).toString()));
    expect(tray).not.toContain(context.trace);
    expect(await openAsReceiver(tray)).toMatchObject({ trace: context, items: [someItem] });
  });

  test("it may be missing, and takes no byte then", async () => {
    expect(Buffer.from(payload).toString()).not.toContain("trace");
    const tray = sealed(signedTray(trayHeader, Buffer.from(payload).toString()));
    expect((await openAsReceiver(tray)).trace).toBeUndefined();
  });
});

import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toBase64url } from "../../../pipeline/bytes.ts";
import {
  append,
  emptyFrontier,
  hashRanges,
  inclusionRanges,
  verifyInclusion,
} from "../../../pipeline/log/index.ts";
import { Receipt, receiptBytes, receiptHash, statuses } from "../../../pipeline/receipt/index.ts";
import { hex } from "../../support/log.ts";
import { receipt, someReceipt } from "../../support/receipts.ts";

const textOf = (receipt: Receipt): string => Buffer.from(receiptBytes(receipt)).toString("utf8");

describe("a receipt's bytes", () => {
  test("are its canonical JSON", () => {
    expect(
      textOf({ ...someReceipt, in: { income: someReceipt.in["case"] ?? "", case: `${"B".repeat(42)}A` } }),
    ).toBe(
      [
        '{"case":7',
        '"finished":1767225600250',
        `"in":{"case":"${"B".repeat(42)}A","income":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"}`,
        '"out":"AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI"',
        '"received":1767225600000',
        '"rules":"2026.1"',
        `"sheet":"0x${"ab".repeat(32)}"`,
        '"station":"income"',
        '"status":"done"',
        '"v":1}',
      ].join(","),
    );
  });

  test("come back the same from the receipt that they hold, in whatever order it was written", () => {
    fc.assert(
      fc.property(receipt, (receipt) => {
        const text = textOf(receipt);
        const parsed = Receipt.parse(JSON.parse(text));
        expect(parsed).toEqual(receipt);
        expect(textOf(parsed)).toBe(text);
        const reversed = Object.fromEntries(Object.entries(receipt).toReversed());
        expect(textOf(Receipt.parse(reversed))).toBe(text);
      }),
    );
  });
});

describe("a receipt's hash", () => {
  test("is the leaf hash of its bytes: 0x00 first", () => {
    fc.assert(
      fc.property(receipt, (receipt) => {
        const expected = createHash("sha256")
          .update(Buffer.of(0))
          .update(receiptBytes(receipt))
          .digest("hex");
        expect(hex(receiptHash(receipt))).toBe(expected);
      }),
    );
  });

  test("is another when anything in the receipt is", () => {
    const other = toBase64url(Buffer.alloc(32, 3));
    const changes: Partial<Receipt>[] = [
      { sheet: `0x${"ac".repeat(32)}` },
      { case: 8 },
      { station: "credit" },
      { in: { case: other } },
      { in: { ...someReceipt.in, credit: other } },
      { in: {} },
      { out: other },
      { out: null, status: "failed" },
      { rules: "2026.2" },
      { received: 0 },
      { finished: 0 },
    ];
    const hashes = [someReceipt, ...changes.map((change) => ({ ...someReceipt, ...change }))]
      .map(receiptHash)
      .map(hex);
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  test("links a case's receipts, and each proves to be in its log", async () => {
    const income = someReceipt;
    const decision: Receipt = {
      ...someReceipt,
      station: "decision",
      in: { ...someReceipt.in, income: toBase64url(receiptHash(income)) },
    };
    expect(decision.in["income"]).toBe(toBase64url(receiptHash(Receipt.parse(JSON.parse(textOf(income))))));
    const leaves = [income, decision].map(receiptHash);
    const { frontier, nodes } = append(emptyFrontier, leaves);
    const proof = await hashRanges(inclusionRanges(1, 2), ({ level, index }) => {
      const node = nodes.find((node) => node.level === level && node.index === index);
      if (node === undefined) throw new Error("not kept");
      return node.hash;
    });
    verifyInclusion(receiptHash(decision), 1, 2, proof, frontier.root);
  });
});

describe("the schema of a receipt", () => {
  test.each<[string, object]>([
    ["a version to come", { v: 2 }],
    ["a sheet in capitals", { sheet: `0x${"AB".repeat(32)}` }],
    ["a sheet without 0x", { sheet: "ab".repeat(32) }],
    ["case -1", { case: -1 }],
    ["case 1024", { case: 1024 }],
    ["case 1.5", { case: 1.5 }],
    ["a station in capitals", { station: "Income" }],
    ["a station's name of 49", { station: "a".repeat(49) }],
    ["an input that is no digest", { in: { case: "x" } }],
    ["a list of inputs", { in: [] }],
    ["an input of no station's name", { in: { "no name": someReceipt.out } }],
    ["an output that is no digest", { out: "" }],
    ["done without an output", { out: null }],
    ["an output without done", { status: "failed" }],
    ["a status of the ledger only", { status: "expired", out: null }],
    ["a business answer for a status", { status: "no", out: null }],
    ["no rules", { rules: "" }],
    ["rules of 65", { rules: "x".repeat(65) }],
    ["a time with a fraction", { received: 0.5 }],
    ["a time before 1970", { finished: -1 }],
    ["a time that is text", { finished: "2026-01-01" }],
    ["a time beyond exact numbers", { finished: 2 ** 53 }],
    ["another member", { note: "hello" }],
    ["a member that is undefined", { rules: undefined }],
  ])("refuses %s", (_what, change) => {
    expect(Receipt.safeParse({ ...someReceipt, ...change }).success).toBe(false);
  });

  test.each(Object.keys(someReceipt))("refuses a receipt without %s", (name) => {
    const { [name]: _left, ...rest }: Record<string, unknown> = someReceipt;
    expect(Receipt.safeParse(rest).success).toBe(false);
  });

  test.each(["__proto__", "constructor"])("does not lose sight of a member %s", (name) => {
    // A parser that drops it silently would hash other bytes than the sender logged.
    const digest = someReceipt.out ?? "";
    const outer = `{"${name}":1,${textOf(someReceipt).slice(1)}`;
    const inner = textOf(someReceipt).replace('"in":{', `"in":{"${name}":"${digest}",`);
    expect(Receipt.safeParse(JSON.parse(outer)).success).toBe(false);
    const parsed = Receipt.safeParse(JSON.parse(inner));
    if (parsed.success) expect(textOf(parsed.data)).toContain(`"${name}":`);
    else expect(name).toBe("__proto__");
  });

  test("has the statuses at their codes on the ledger", () => {
    expect([...statuses]).toEqual(["done", "skipped", "unprocessable", "failed", "blocked"]);
  });
});

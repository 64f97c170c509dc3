import { describe, expect, test } from "vitest";
import { fromBase64url, toBase64url } from "../../../pipeline/bytes.ts";
import { commit, disclose, type Fields } from "../../../pipeline/disclosure/index.ts";
import { deliveryOf, type Origin } from "../../../pipeline/hop/index.ts";
import type { Json } from "../../../pipeline/json.ts";
import { type Receipt, receiptHash } from "../../../pipeline/receipt/index.ts";
import type { Item } from "../../../pipeline/tray/index.ts";
import { someReceipt } from "../../support/receipts.ts";

const fieldsOf = (entries: [string, Json | undefined][]): Fields => new Map(entries);
const ownCase = commit(
  Buffer.alloc(32, 1),
  fieldsOf([
    ["/loan", 250_000],
    ["/name", "A."],
    ["/nickname", undefined],
  ]),
);
const otherCase = commit(
  Buffer.alloc(32, 2),
  fieldsOf([
    ["/loan", 1],
    ["/name", "B."],
    ["/nickname", "b"],
  ]),
);
const output = commit(
  Buffer.alloc(32, 3),
  fieldsOf([
    ["/yearly", 48_000],
    ["/employer", "C."],
  ]),
);

const commitments = [otherCase.commitment, ownCase.commitment];
const origin: Origin = {
  sheet: someReceipt.sheet,
  source: "case",
  fields: ["/loan", "/nickname"],
  commitments,
};
const fromIncome: Origin = { ...origin, source: "income", fields: ["/yearly"] };

const caseItem: Item = { case: 1, ...disclose(ownCase, origin.fields) };
const receipt: Receipt = {
  ...someReceipt,
  case: 1,
  in: { case: toBase64url(ownCase.commitment) },
  out: toBase64url(output.commitment),
};
const incomeItem: Item = { case: 1, ...disclose(output, ["/yearly"]), receipt };
const failedItem: Item = {
  case: 1,
  disclosed: [],
  withheld: [],
  receipt: { ...receipt, status: "failed", out: null },
};

const arrivalOf = (item: Item, origin: Origin) => deliveryOf(item, origin).arrival;

const refuses = (item: Item, origin: Origin) =>
  expect(() => arrivalOf(item, origin)).toThrow(
    expect.objectContaining({
      name: "BeltError",
      code: "COMMITMENT_MISMATCH",
      at: expect.stringContaining(`case ${item.case}`),
    }),
  );

describe("an item from the consumer", () => {
  test("brings the fields that its edge names, under the case's commitment", () => {
    expect(arrivalOf(caseItem, origin)).toStrictEqual({
      digest: toBase64url(ownCase.commitment),
      status: "done",
      fields: fieldsOf([
        ["/loan", 250_000],
        ["/nickname", undefined],
      ]),
    });
  });

  test("tells every station the same story, whatever each may see", () => {
    const others = arrivalOf({ case: 1, ...disclose(ownCase, ["/name"]) }, { ...origin, fields: ["/name"] });
    expect(others.digest).toBe(arrivalOf(caseItem, origin).digest);
    const lie = commit(
      Buffer.alloc(32, 1),
      fieldsOf([
        ["/loan", 300_000],
        ["/name", "A."],
        ["/nickname", undefined],
      ]),
    );
    refuses({ case: 1, ...disclose(lie, origin.fields) }, origin);
  });

  test.each<[string, Item, Origin]>([
    ["of a case that the sheet does not have", { ...caseItem, case: 2 }, origin],
    ["under another case's number", { ...caseItem, case: 0 }, origin],
    [
      "with more than the edge names",
      { case: 1, ...disclose(ownCase, ["/loan", "/name", "/nickname"]) },
      origin,
    ],
    ["with less than the edge names", { case: 1, ...disclose(ownCase, ["/loan"]) }, origin],
    ["with a receipt", { ...caseItem, receipt }, origin],
    ["with a reason", { ...caseItem, reason: "none" }, origin],
  ])("is refused: %s", (_what, item, origin) => refuses(item, origin));
});

describe("an item from a station", () => {
  test("brings the fields that its edge names, under its receipt's hash", () => {
    expect(arrivalOf(incomeItem, fromIncome)).toStrictEqual({
      digest: toBase64url(receiptHash(receipt)),
      status: "done",
      fields: fieldsOf([["/yearly", 48_000]]),
    });
  });

  test("brings no fields, only its receipt, where the edge names none", () => {
    const item = { ...incomeItem, ...disclose(output, []) };
    expect(arrivalOf(item, { ...fromIncome, fields: [] }).fields.size).toBe(0);
  });

  test("brings only how it ended when it is not done, with a reason or without", () => {
    const expected = { digest: expect.any(String), status: "failed", fields: new Map() };
    expect(arrivalOf(failedItem, fromIncome)).toStrictEqual(expected);
    expect(arrivalOf({ ...failedItem, reason: "The register was away." }, fromIncome)).toStrictEqual(
      expected,
    );
  });

  const withReceipt = (change: Partial<Receipt>): Item => ({
    ...incomeItem,
    receipt: { ...receipt, ...change },
  });
  test.each<[string, Item]>([
    ["without a receipt", { case: 1, ...disclose(output, ["/yearly"]) }],
    ["with a receipt of another sheet", withReceipt({ sheet: `0x${"cd".repeat(32)}` })],
    ["with another station's receipt", withReceipt({ station: "credit" })],
    ["with another case's receipt", withReceipt({ case: 0 })],
    [
      "with a receipt of another case's data",
      withReceipt({ in: { case: toBase64url(otherCase.commitment) } }),
    ],
    ["with a receipt that names no case", withReceipt({ in: {} })],
    ["with a receipt of another output", withReceipt({ out: toBase64url(ownCase.commitment) })],
    ["with a field changed", { ...incomeItem, disclosed: [["/yearly", saltOf("/yearly"), 84_000]] }],
    ["with a field more", { ...incomeItem, ...disclose(output, ["/yearly", "/employer"]) }],
    ["with none of its fields", { ...incomeItem, ...disclose(output, []) }],
    ["not done, with an output", { ...failedItem, ...disclose(output, ["/yearly"]) }],
    [
      "not done, with digests of an output",
      { ...failedItem, withheld: output.entries.map(({ digest }) => toBase64url(digest)) },
    ],
    ["of a case that the sheet does not have", { ...withReceipt({ case: 2 }), case: 2 }],
  ])("is refused: %s", (_what, item) => refuses(item, fromIncome));

  test("is refused at the field that is wrong", () => {
    const item: Item = { ...incomeItem, ...disclose(output, ["/yearly", "/employer"]) };
    expect(() => arrivalOf(item, fromIncome)).toThrow(expect.objectContaining({ at: "case 1 /employer" }));
  });

  test("is refused in words when a value has no canonical form", () => {
    const disclosed: Item["disclosed"] = [["/yearly", saltOf("/yearly"), "\ud800"]];
    expect(() => arrivalOf({ ...incomeItem, disclosed }, fromIncome)).toThrow(
      expect.objectContaining({ name: "BeltError", code: "JSON_INVALID" }),
    );
  });
});

function saltOf(name: string): string {
  const entry = output.entries.find((entry) => entry.name === name);
  if (entry === undefined || fromBase64url(entry.salt).length !== 16) throw new Error(`no field ${name}`);
  return entry.salt;
}

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileCondition } from "../../../pipeline/belt/index.ts";
import type { JsonObject } from "../../../pipeline/json.ts";

const schema: JsonObject = {
  type: "object",
  properties: {
    income: { type: "number" },
    count: { type: "integer" },
    kind: { type: "string" },
    married: { type: "boolean" },
    loan: { type: ["number", "null"] },
    partner: { type: "object", properties: { name: { type: "string" }, age: { $ref: "#/$defs/age" } } },
    debts: { type: "array", items: { type: "object", properties: { amount: { type: "number" } } } },
    labels: { type: "array", items: { type: "string" } },
    rates: { type: "array", items: { type: "number" } },
    free: true,
    type: { type: "string" },
    "first-name": { type: "string" },
    for: { type: "string" },
    toString: { type: "string" },
  },
  $defs: { age: { type: "integer" } },
};

const input: JsonObject = {
  income: 60_000.5,
  count: 3,
  kind: "annuity",
  married: true,
  loan: null,
  partner: { name: "An", age: 40 },
  debts: [{ amount: 1_000 }, { amount: 250.25 }],
  labels: ["A", "B"],
  rates: [1, 2.5],
  free: { any: [1] },
  type: "house",
  "first-name": "Jan",
  for: "sale",
};

const holds = (expression: string, value = input): boolean => compileCondition(expression, schema)(value);

describe("compileCondition", () => {
  it.each([
    "income > 0",
    "income == 60000.5",
    "income >= 60000 && income < 60001",
    "count == 3",
    "3 == count",
    "count != 4",
    "!(count != 3)",
    "count == 3.0",
    "count in [1, 2, 3]",
    "!(count in [-1, 2.5])",
    "rates == [1, 2.5]",
    "rates[0] == 1",
    "income * 2 == 120001.0",
    "2 * income > income + 1 - 0.5",
    "income / 2 > 30000",
    "count % 2 == 1",
    "-count < 0",
    "size(debts) == 2 && size(debts) > 1",
    "labels.size() * 1.5 == 3.0",
    'kind == "annuity" && kind.startsWith("ann") && kind.endsWith("ity") && kind.contains("nui")',
    'kind.upperAscii() == "ANNUITY" && size(kind.trim()) == 7',
    'kind in ["annuity", "linear"]',
    "married",
    "married ? income > 0 : false",
    "loan == null",
    'partner.name == "An"',
    "partner.age == 40 && partner.age + 1 > 40",
    'partner["age"] in [39, 40]',
    "debts.exists(debt, debt.amount > 999)",
    "debts.all(debt, debt.amount > 250)",
    "debts.exists_one(debt, debt.amount == 1000)",
    "size(debts.filter(debt, debt.amount > 500)) == 1",
    'labels.exists(label, label == "B" && income > 0)',
    "rates.exists(income, income == 2.5)",
    "debts[1].amount == 250.25",
    'input.type == "house"',
    'input["first-name"] == "Jan"',
    'input.for == "sale"',
    "input.income == income",
    "has(input.income) && has(input.partner.age)",
    "free.any[0] == 1",
    "double(count) == 3.0 && int(income) == 60000",
    'string(married) == "true"',
    '{"a": 1}.a == 1',
    "true",
  ])("%s holds", (expression) => {
    expect(holds(expression)).toBe(true);
  });

  it("asks whether optional fields are there", () => {
    expect(holds("has(input.loan)", {})).toBe(false);
    expect(holds("!has(input.loan) || loan > 0.0", {})).toBe(true);
    expect(holds("has(input.partner) && has(input.partner.age)", { partner: {} })).toBe(false);
    expect(holds("has(input.partner) && has(input.partner.age)", {})).toBe(false);
  });

  it.each([
    ["an absent field", "income > 0", {}],
    ["an absent field, however it is turned", "!(income > 0)", {}],
    ["an absent field within", "partner.age > 1", { partner: {} }],
    ["a value of another type", "loan > 1", { loan: "1" }],
    ["what is not boolean after all", "free", { free: 1 }],
    ["an index beyond the end", "rates[5] > 0", { rates: [] }],
    ["a name that objects inherit", 'toString == "x"', {}],
    ["what is inherited within", "has(input.free) && has(free.constructor)", { free: {} }],
  ])("does not hold over %s", (_, expression, value) => {
    expect(holds(expression, value)).toBe(false);
  });

  it("still tells when another part of an alternative does", () => {
    expect(holds("income > 0 || count == 3", { count: 3 })).toBe(true);
  });

  it("compares and calculates with any number as doubles do", () => {
    const literal = fc.integer({ min: -1_000_000, max: 1_000_000 });
    const double = fc.oneof(literal, fc.double({ noNaN: true, noDefaultInfinity: true }));
    fc.assert(
      fc.property(double, literal, (income, other) => {
        const text = other < 0 ? `(${other})` : `${other}`;
        const told = (expression: string): boolean => compileCondition(expression, schema)({ income });
        expect(told(`income == ${text}`)).toBe(income === other);
        expect(told(`income != ${text}`)).toBe(income !== other);
        expect(told(`income < ${text}`)).toBe(income < other);
        expect(told(`${text} <= income`)).toBe(other <= income);
        expect(told(`income in [${other}, 7]`)).toBe(income === other || income === 7);
        expect(told(`income + ${text} == ${text} + income`)).toBe(true);
        expect(told(`income - ${text} > 0`)).toBe(income - other > 0);
      }),
    );
  });

  it("gives the same answer however often it is asked, and changes nothing", () => {
    const condition = compileCondition(
      "debts.exists(debt, debt.amount > income / 100) && has(input.loan)",
      schema,
    );
    const before = structuredClone(input);
    for (let time = 0; time < 3; time++) expect(condition(input)).toBe(true);
    expect(input).toEqual(before);
  });

  it.each([
    ["income >", "Unexpected token"],
    ["", "Unexpected token"],
    ["income", "its result is of type double where bool is due"],
    ["incme > 0", "the input has no field incme"],
    ["partner.agee > 0", "the input has no field /partner/agee"],
    ["input.incme > 0", "the input has no field /incme"],
    ["has(input.incme)", "the input has no field /incme"],
    ["debts[0].amuont > 0", "the input has no field /debts/0/amuont"],
    ['kind > 3 || kind == "x"', "no such overload: string > int"],
    ["married + 1 == 2", "no such overload"],
    ['kind == 3 && income == "x"', "no such overload"],
    ['type == "house"', "the input has no field type"],
    ["for == 1", "Reserved identifier: for"],
    ['kind.matches("(a+)+$")', "there is no function matches"],
    ['timestamp("2026-01-01T00:00:00Z") == timestamp(kind)', "there is no function timestamp"],
    ["cel.bind(x, 1, x == 1)", "there is no function bind"],
    ["type(income) == double", "there is no function type"],
    ["now() > 1", "there is no function now"],
    ["debts.all(a, debts.all(b, a == b))", "within another loop"],
    [`${"(".repeat(40)}true${")".repeat(40)}`, "maxDepth"],
    [Array.from({ length: 300 }, () => "married").join(" && "), "maxAstNodes"],
    [`count in [${Array.from({ length: 65 }, (_, index) => index).join(",")}]`, "maxListElements"],
  ])("refuses %s", (expression, message) => {
    expect(() => compileCondition(expression, schema, { at: "/stations/x/when" })).toThrow(
      expect.objectContaining({
        code: "BELT_CONDITION_INVALID",
        at: "/stations/x/when",
        message: expect.stringContaining(message),
      }),
    );
  });

  it("bounds what going over lists may take", () => {
    const condition = compileCondition("labels.all(label, label in labels)", schema);
    expect(condition({ labels: Array.from({ length: 4_000 }, (_, index) => `${index}`) })).toBe(true);
    expect(condition({ labels: Array.from({ length: 5_000 }, () => "") })).toBe(false);
    expect(condition({ labels: ["x".repeat(65_537)] })).toBe(false);
    // What the expression does not read does not count.
    expect(condition({ labels: ["x"], free: "x".repeat(100_000) })).toBe(true);
  });

  it("takes the member of that name for `input`", () => {
    const own: JsonObject = {
      properties: { input: { type: "object", properties: { a: { type: "number" } } } },
    };
    expect(compileCondition("input.a == 1", own)({ input: { a: 1 } })).toBe(true);
  });
});

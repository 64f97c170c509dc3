import { describe, expect, it } from "vitest";
import { readRulePack, rulePackAt as rulePackOf } from "../../../belts/mortgage-nl/norms/pack.ts";
import { rulePackAt, rulePacks } from "../../../belts/mortgage-nl/norms/packs.ts";
import { JsonSchema } from "../../../pipeline/belt/index.ts";
import { withField } from "../../../pipeline/case/index.ts";
import { BeltError } from "../../../pipeline/errors.ts";
import type { Json } from "../../../pipeline/json.ts";
import { json } from "./files.ts";

const pack = JsonSchema.parse(json("rules/mortgage-nl-2026.json"));

/** The refusal of the pack with another value at a pointer. */
function refusal(pointer: string, value: Json): BeltError {
  try {
    readRulePack(withField(pack, pointer, value));
  } catch (error) {
    if (error instanceof BeltError) return error;
    throw error;
  }
  throw new Error(`A pack with another ${pointer} was accepted.`);
}

const table = "/income/tables/deductible.belowPensionAge";

describe("the pack on a day", () => {
  it.each(["2026-01-01", "2026-07-01", "2026-12-31"])("is that of 2026 on %s", (day) => {
    expect(rulePackAt(day)).toMatchObject({ id: "mortgage-nl", version: "2026.1" });
  });

  it.each(["2025-12-31", "2027-01-01"])("is none on %s", (day) => {
    expect(() => rulePackAt(day)).toThrow(
      expect.objectContaining({
        code: "RULES_NOT_EFFECTIVE",
        message: `No rule pack applies on ${day}; there is: mortgage-nl 2026.1, 2026-01-01 to 2026-12-31.`,
      }),
    );
  });

  it("is chosen among several", () => {
    const later = readRulePack({
      ...pack,
      version: "2027.1",
      effective: { from: "2027-01-01", until: "2027-12-31" },
    });
    expect(rulePackOf("2027-01-01", [...rulePacks, later]).version).toBe("2027.1");
    expect(rulePackOf("2026-12-31", [...rulePacks, later]).version).toBe("2026.1");
  });

  it("are all of different days", () => {
    for (const { effective } of rulePacks) {
      const others = rulePacks.filter(
        (other) => other.effective.from <= effective.until && effective.from <= other.effective.until,
      );
      expect(others).toHaveLength(1);
    }
  });
});

describe("a pack is refused", () => {
  it.each<[string, string, Json, string]>([
    ["with a row out of order", `${table}/3`, [28500, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], table],
    ["with an income twice", `${table}/2/0`, 28000, table],
    ["when the first row does not apply from nothing", `${table}/0/0`, 1000, table],
    ["with a column missing", `${table}/5`, [32000, 16.7, 17.9], `${table}/5`],
    ["with a column too many", `${table}/5/13`, 26.4, `${table}/5`],
    ["with a percentage above a hundred", `${table}/5/1`, 167, `${table}/5/1`],
    ["with a percentage of nothing", `${table}/5/1`, 0, `${table}/5/1`],
    ["with a percentage as text", `${table}/5/1`, "16.7", `${table}/5/1`],
    ["with an income of half a euro", `${table}/5/0`, 32000.5, `${table}/5/0`],
    ["without rows", table, [], table],
    ["with columns out of order", "/income/testRateUpTo/0", 2.5, "/income/testRateUpTo"],
    ["when the last column is closed", "/income/testRateUpTo/11", 7, "/income/testRateUpTo"],
    ["when a column before the last is open", "/income/testRateUpTo/3", null, "/income/testRateUpTo"],
    [
      "with gross-up steps out of order",
      "/income/studentLoanGrossUp/0/0",
      3.5,
      "/income/studentLoanGrossUp/upTo",
    ],
    ["with an unknown energy label", "/income/energyLabelAllowance/Z", 1, "/income/energyLabelAllowance"],
    ["with an unknown credit code", "/nhg/refusedCreditCodes/0", "B", "/nhg/refusedCreditCodes/0"],
    ["with a day that is none", "/effective/from", "2026-02-30", "/effective/from"],
    ["when it ends before it begins", "/effective/until", "2025-12-31", "/effective"],
    ["with something nobody knows", "/colour", "green", "/"],
    ["without a source", "/nhg/source", "", "/nhg/source"],
  ])("%s", (_, pointer, value, at) => {
    expect(refusal(pointer, value)).toMatchObject({ code: "RULES_INVALID", at });
  });

  it("without one of the labels", () => {
    const { none: _, ...others } = JsonSchema.parse(JsonSchema.parse(pack["income"])["energyMeasuresCap"]);
    expect(refusal("/income/energyMeasuresCap", others).at).toBe("/income/energyMeasuresCap/none");
  });

  it("when it is no object", () => {
    expect(() => readRulePack(null)).toThrow(expect.objectContaining({ code: "RULES_INVALID" }));
  });
});

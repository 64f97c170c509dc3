import { describe, expect, it } from "vitest";
import { seed } from "../../../belts/mortgage-nl/sources/seed.ts";
import { belt, cases, expected, golden, plan } from "./files.ts";
import { misfits } from "./walk.ts";

/** The eleven-test of Dutch citizen service numbers: weights 9 to 2 and −1, the sum divisible by 11. */
function passesElevenTest(number: string): boolean {
  const weights = [9, 8, 7, 6, 5, 4, 3, 2, -1];
  const sum = weights.reduce((sum, weight, index) => sum + weight * Number(number[index]), 0);
  return sum % 11 === 0;
}

const numbers = [
  ...cases.flatMap(({ person, partner }) => [person, partner]),
  ...seed.people,
  ...seed.incomes.map(({ person }) => ({ bsn: person })),
  ...seed.credits.map(({ person }) => ({ bsn: person })),
  ...seed.studentLoans.map(({ person }) => ({ bsn: person })),
].flatMap((someone) =>
  typeof someone === "object" && someone !== null && "bsn" in someone ? [String(someone.bsn)] : [],
);

describe("the synthetic cases", () => {
  it("are twenty-four with a reference of their own, and so is what is expected of them", () => {
    expect(cases).toHaveLength(24);
    expect(new Set(cases.map(({ reference }) => reference)).size).toBe(24);
    expect(expected.map(({ reference }) => reference)).toEqual(cases.map(({ reference }) => reference));
  });

  it.each(cases)("$reference fits the case schema", (application) => {
    expect(misfits(belt.case, application)).toEqual([]);
  });

  it("are about nobody: every number fails the eleven-test, every name says that it is a test", () => {
    expect(passesElevenTest("111222333")).toBe(true);
    expect(numbers.length).toBeGreaterThan(80);
    expect(numbers.filter(passesElevenTest)).toEqual([]);
    expect(numbers.filter((number) => !/^9000\d{5}$/.test(number))).toEqual([]);
    for (const { name } of seed.people) expect(name).toMatch(/^Test (?:Aanvrager|Partner) \d\d$/);
    for (const { object } of seed.valuations) expect(object).toMatch(/^TEST-HOME-\d\d$/);
  });

  it("ask for a person, a yes and a no, with NHG and without, alone and with a partner", () => {
    const count = (test: (index: number) => boolean) => cases.filter((_, index) => test(index)).length;
    for (const answer of ["yes", "no", "person"]) {
      expect(
        count((index) => expected[index]?.answer === answer),
        answer,
      ).toBeGreaterThanOrEqual(4);
    }
    expect(count((index) => expected[index]?.stations["nhg"] === "done")).toBeGreaterThanOrEqual(5);
    expect(count((index) => expected[index]?.stations["nhg"] === "skipped")).toBeGreaterThanOrEqual(5);
    expect(count((index) => cases[index]?.["partner"] === undefined)).toBeGreaterThanOrEqual(5);
    expect(expected.filter((one) => Object.values(one.stations).includes("unprocessable"))).toHaveLength(1);
    expect(expected.filter((one) => Object.values(one.stations).includes("failed"))).toHaveLength(1);
  });

  it("expect of the golden applications the golden amounts", () => {
    const carried = expected.filter((one) => one.golden !== undefined);
    expect(carried).toHaveLength(golden.length);
    for (const { golden: number = 0, maximumLoan } of carried) {
      expect(maximumLoan).toBe(Math.round((golden[number - 1]?.maximumLoan ?? Number.NaN) * 100));
    }
  });
});

describe("the belt", () => {
  it("shows names and dates of birth to the identity desk alone, numbers to the sources, the reference to nobody", () => {
    const whoSees = (...fields: readonly string[]) =>
      plan.stations
        .filter(({ needs }) => needs.some(({ source, field }) => source === "case" && fields.includes(field)))
        .map(({ name }) => name);
    const personal = ["/person/name", "/person/birthDate", "/partner/name", "/partner/birthDate"];
    expect(whoSees(...personal)).toEqual(["identity"]);
    expect(whoSees("/person/bsn", "/partner/bsn")).toEqual(["credit", "identity", "income", "student-debt"]);
    expect(whoSees("/home/object")).toEqual(["valuation"]);
    expect(plan.fieldsOf("case").filter((field) => field.startsWith("/reference"))).toEqual([]);
  });
});

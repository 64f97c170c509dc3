import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { seed } from "../../../belts/hr-onboarding/sources/seed.ts";
import { JsonSchema } from "../../../pipeline/belt/index.ts";
import { compileSchema } from "../../../pipeline/case/index.ts";
import type { Json, JsonObject } from "../../../pipeline/json.ts";
import { answers, cases, expected, folder, template } from "./belt.ts";

const schema = compileSchema(template.case);
const first = cases[0] ?? {};

test.each(cases)("$reference fits the case schema", (item) => {
  expect(schema.validate(item)).toEqual({ valid: true });
});

describe("a case is refused", () => {
  const candidate = JsonSchema.parse(first["candidate"]);
  const vacancy = JsonSchema.parse(first["vacancy"]);
  test.each<[string, JsonObject, string]>([
    ["without a candidate", { ...first, candidate: {} }, "/candidate"],
    ["with a field of its own", { ...first, salary: 1 }, "/salary"],
    ["with a day that is none", { ...first, date: "2026-02-30" }, "/date"],
    ["with a level above 8", { ...first, vacancy: { ...vacancy, level: 9 } }, "/vacancy/level"],
    ["with an unknown risk", { ...first, vacancy: { ...vacancy, profile: "spying" } }, "/vacancy/profile"],
    [
      "with a skill twice",
      { ...first, candidate: { ...candidate, skills: ["sql", "sql"] } },
      "/candidate/skills",
    ],
  ])("%s", (_, item, at) => {
    const validity = schema.validate(item);
    const places = validity.valid ? [] : validity.errors.map((error) => error.at);
    expect(places.some((place) => place.startsWith(at))).toBe(true);
  });
});

test("nobody here can be a real person", () => {
  const texts: string[] = [];
  const read = (value: Json, name: string): void => {
    if (typeof value === "string") texts.push(`${name}: ${value}`);
    else if (typeof value === "object" && value !== null) {
      for (const [inner, each] of Object.entries(value)) read(each, Array.isArray(value) ? name : inner);
    }
  };
  read(cases, "");
  for (const text of texts.filter((each) => each.startsWith("name:"))) expect(text).toMatch(/^name: Test /);
  for (const text of texts.filter((each) => /^(?:reference|number|diploma):/.test(each))) {
    expect(text).toMatch(/: TEST-/);
  }
  for (const text of texts.filter((each) => each.startsWith("contact:"))) {
    expect(text).toMatch(/@example\.invalid$/);
  }
  expect(
    seed.documents.every(({ holder, number }) => holder.startsWith("Test ") && number.startsWith("TEST-")),
  ).toBe(true);
});

test("whoever is asked about has an answer, and nobody else", () => {
  const asked = expected.filter(({ stations }) => stations["references"] === "done");
  expect(Object.keys(answers)).toEqual(asked.map(({ reference }) => reference));
});

test("the page's table of who sees what is what the belt says", () => {
  const page = readFileSync(join(folder, "README.md"), "utf8");
  const rows = page.split("\n").filter((line) => line.includes("#/") || line.includes("`/candidate"));
  const fieldsIn = (cell = ""): string[] =>
    Array.from(cell.matchAll(/`([^`]+)`/g), ([, field = ""]) => field);
  const told = rows.map((row) => {
    const [, station = "", ofCase, ofOthers] = row.split("|");
    return [station.trim(), fieldsIn(ofCase), fieldsIn(ofOthers)];
  });
  const said = Object.entries(template.stations).map(([station, { needs }]) => {
    const references = [...new Set(Object.values(needs))].toSorted();
    return [
      station,
      references.filter((each) => each.startsWith("case#")).map((each) => each.slice("case#".length)),
      references.filter((each) => !each.startsWith("case#")),
    ];
  });
  expect(told).toEqual(said);
});

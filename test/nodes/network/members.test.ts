import { describe, expect, it } from "vitest";
import { fillIn, fillInText, modulePath, parseMembers } from "../../../nodes/network/members.ts";
import { withField } from "../../../pipeline/case/index.ts";
import type { Json } from "../../../pipeline/json.ts";

const file: Json = {
  belt: "belt.json",
  cases: "cases/cases.json",
  consumer: "lender",
  members: [
    { name: "lender", kinds: ["consumer"] },
    {
      name: "register",
      kinds: ["producer"],
      sources: [{ name: "incomes", module: "sources/income.ts", database: "{data}/incomes.sqlite" }],
      stations: [
        {
          module: "stations/income.ts",
          settings: { url: "{source:incomes}/v1", retries: 2, headers: { key: "{data}" } },
          price: 100,
          deadlineSeconds: 60,
          capacity: 1024,
        },
      ],
    },
  ],
};

const places = { data: "/data/register", sources: { incomes: "http://127.0.0.1:4000" } };

describe("members.json", () => {
  it("is read, with what was left out", () => {
    const { members } = parseMembers(file);
    expect(members[0]).toEqual({ name: "lender", kinds: ["consumer"], sources: [], seeds: [], stations: [] });
    expect(members[1]?.stations[0]?.price).toBe(100);
  });

  it.each<[string, string, Json, string]>([
    ["a consumer that is no member", "/consumer", "bank", "/consumer"],
    ["a consumer of another kind", "/consumer", "register", "/consumer"],
    ["a member's name twice", "/members/1/name", "lender", "/members/1/name"],
    ["a name that is no slug", "/members/1/name", "The Register", "/members/1/name"],
    ["an unknown kind", "/members/1/kinds/0", "owner", "/members/1/kinds/0"],
    [
      "a module outside the folder",
      "/members/1/stations/0/module",
      "../../x.ts",
      "/members/1/stations/0/module",
    ],
    ["an absolute module", "/members/1/stations/0/module", "/x.ts", "/members/1/stations/0/module"],
    ["a price below zero", "/members/1/stations/0/price", -1, "/members/1/stations/0/price"],
    ["a capacity above a sheet", "/members/1/stations/0/capacity", 1025, "/members/1/stations/0/capacity"],
    ["what nobody knows", "/members/1/stations/0/colour", "green", "/members/1/stations/0"],
    [
      "a placeholder of a source that is not there",
      "/members/1/stations/0/settings/url",
      "{source:loans}",
      "/members/1/stations/0/settings/url",
    ],
  ])("refuses %s", (_, pointer, value, at) => {
    expect(() => parseMembers(withField(file, pointer, value))).toThrow(
      expect.objectContaining({ code: "INPUT_INVALID", at }),
    );
  });
});

describe("placeholders", () => {
  it("are filled in wherever text stands, and nothing else changes", () => {
    const settings = {
      url: "{source:incomes}/v1",
      retries: 2,
      on: true,
      list: ["{data}", null],
      deep: { file: "{data}/x" },
    };
    expect(fillIn(settings, places)).toEqual({
      url: "http://127.0.0.1:4000/v1",
      retries: 2,
      on: true,
      list: ["/data/register", null],
      deep: { file: "/data/register/x" },
    });
    expect(settings.url).toBe("{source:incomes}/v1");
  });

  it.each(["{source:loans}", "{Data}", "{source:}", "{source:constructor}"])("refuse %s", (text) => {
    expect(() => fillInText(text, places, "/url")).toThrow(
      expect.objectContaining({ code: "INPUT_INVALID", at: "/url" }),
    );
  });
});

it("names a module by its path in the belt's folder", () => {
  expect(modulePath("/belts/x", "stations/income.ts")).toBe("/belts/x/stations/income.ts");
});

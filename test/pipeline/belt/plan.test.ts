import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { edgeName, parseBelt, parseEdgeName, planBelt } from "../../../pipeline/belt/index.ts";
import { belt } from "./belts.ts";
import { fixture, smallLoan } from "./fixtures.ts";

describe("planBelt", () => {
  it("derives the routing of a belt", () => {
    const plan = planBelt(smallLoan());
    expect(plan).toMatchObject({ belt: "small-loan", version: "2026.1" });
    expect(plan.stations.map(({ name, number }) => [name, number])).toEqual([
      ["credit", 0],
      ["decision", 1],
      ["income", 2],
    ]);
    expect(plan.station("decision")).toEqual({
      number: 1,
      name: "decision",
      offer: `0x${"3".repeat(64)}`,
      needs: [
        { target: "/debts", source: "credit", field: "/debts" },
        { target: "/income", source: "income", field: "/yearly" },
        { target: "/loan/amount", source: "case", field: "/loan/amount" },
        { target: "/loan/purpose", source: "case", field: "/loan/purpose" },
      ],
      sources: ["case", "credit", "income"],
      when: "income > 0 && loan.amount < 2 * income",
    });
    expect(plan.edges).toEqual([
      { name: "case>credit", from: "case", to: "credit", fields: ["/person"] },
      { name: "case>decision", from: "case", to: "decision", fields: ["/loan/amount", "/loan/purpose"] },
      { name: "case>income", from: "case", to: "income", fields: ["/person"] },
      { name: "credit>decision", from: "credit", to: "decision", fields: ["/debts"] },
      { name: "credit>result", from: "credit", to: "result", fields: [] },
      { name: "decision>result", from: "decision", to: "result", fields: ["/answer", "/reasons"] },
      { name: "income>decision", from: "income", to: "decision", fields: ["/yearly"] },
      { name: "income>result", from: "income", to: "result", fields: ["/yearly"] },
    ]);
    expect(plan.order).toEqual(["credit", "income", "decision"]);
    expect(plan.fieldsOf("case")).toEqual(["/loan/amount", "/loan/purpose", "/person"]);
    expect(plan.fieldsOf("income")).toEqual(["/yearly"]);
    expect(plan.edgesFrom("income").map(({ name }) => name)).toEqual(["income>decision", "income>result"]);
    expect(plan.edge("case>income")?.fields).toEqual(["/person"]);
    expect(plan.result.map(({ target }) => target)).toEqual(["/answer", "/reasons", "/yearly"]);
    expect([
      plan.station("home"),
      plan.edge("case>home"),
      plan.fieldsOf("home"),
      plan.edgesFrom("home"),
    ]).toEqual([undefined, undefined, [], []]);
  });

  it("sends on an edge exactly the fields that are needed at its end, and to the result from every station", () => {
    fc.assert(
      fc.property(belt, (document) => {
        const plan = planBelt(document);
        const needed = new Set<string>();
        for (const [name, { needs }] of Object.entries(document.stations)) {
          for (const reference of Object.values(needs)) {
            needed.add(`${reference.split("#")[0]}>${name}${reference.slice(reference.indexOf("#"))}`);
          }
        }
        for (const reference of Object.values(document.result)) {
          needed.add(`${reference.split("#")[0]}>result${reference.slice(reference.indexOf("#"))}`);
        }
        const travelling = plan.edges.flatMap(({ name, fields }) =>
          fields.map((field) => `${name}#${field}`),
        );
        expect(travelling.toSorted()).toEqual([...needed].toSorted());
        const names = Object.keys(document.stations).toSorted();
        expect(plan.stations.map(({ name }) => name)).toEqual(names);
        for (const name of names) expect(plan.edge(edgeName(name, "result"))).toBeDefined();
        for (const { from, to } of plan.edges) {
          if (from === "case" || to === "result") continue;
          expect(plan.order.indexOf(from)).toBeLessThan(plan.order.indexOf(to));
        }
        for (const source of ["case", ...names]) {
          const fields = [...new Set(plan.edgesFrom(source).flatMap((edge) => edge.fields))];
          expect(plan.fieldsOf(source)).toEqual(fields.toSorted());
        }
      }),
    );
  });

  it("is the same whatever the order in which the document says it", () => {
    const shuffled = (value: unknown): unknown =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.fromEntries(
            Object.entries(value)
              .toReversed()
              .map(([name, each]) => [name, shuffled(each)]),
          )
        : value;
    const [plan, other] = [planBelt(smallLoan()), planBelt(parseBelt(shuffled(fixture("belt.json"))))];
    expect(JSON.stringify(other)).toBe(JSON.stringify(plan));
  });

  it("cannot be changed", () => {
    const plan = planBelt(smallLoan());
    const parts = [
      plan,
      plan.stations,
      plan.edges,
      plan.order,
      plan.result,
      plan.fieldsOf("case"),
      plan.edgesFrom("case"),
    ];
    for (const part of [...parts, ...plan.stations, ...plan.edges, ...plan.result])
      expect(Object.isFrozen(part)).toBe(true);
    for (const { needs, sources } of plan.stations)
      expect([needs, sources].every(Object.isFrozen)).toBe(true);
  });

  it("takes 32 stations and no more", () => {
    const document = (count: number): unknown => {
      const names = Array.from({ length: count }, (_, index) => `s${index}`);
      const station = { offer: `0x${"1".repeat(64)}`, needs: { "/a": "case#/a" } };
      return {
        ...Object(fixture("belt.json")),
        stations: Object.fromEntries(names.map((name) => [name, station])),
        result: Object.fromEntries(names.map((name) => [`/${name}`, `${name}#/a`])),
      };
    };
    expect(planBelt(parseBelt(document(32))).stations).toHaveLength(32);
    expect(() => planBelt(parseBelt(document(33)))).toThrow(
      expect.objectContaining({
        code: "BELT_INVALID",
        at: "/stations",
        message: expect.stringContaining("at most 32"),
      }),
    );
  });

  it("takes stations whose names objects inherit", () => {
    const document = parseBelt({
      ...smallLoan(),
      stations: { constructor: { offer: `0x${"1".repeat(64)}`, needs: { "/a": "case#/a" } } },
      result: { "/b": "constructor#/b" },
    });
    expect(planBelt(document).edges.map(({ name }) => name)).toEqual([
      "case>constructor",
      "constructor>result",
    ]);
    expect(planBelt(document).station("toString")).toBeUndefined();
  });
});

describe("edge names", () => {
  it("tell the two ends", () => {
    expect(edgeName("case", "income")).toBe("case>income");
    expect(parseEdgeName("student-debt>result")).toEqual({ from: "student-debt", to: "result" });
  });

  it.each(["", "case", "case>", ">income", "case>income>result", "Case>income", "case>in come"])(
    "are refused when malformed: %j",
    (name) => {
      expect(() => parseEdgeName(name)).toThrow(expect.objectContaining({ code: "INPUT_INVALID", at: name }));
    },
  );
});

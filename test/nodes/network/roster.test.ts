import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { parseMembers } from "../../../nodes/network/members.ts";
import { rosterOf } from "../../../nodes/network/roster.ts";

const text = await readFile(new URL("../../../belts/mortgage-nl/members.json", import.meta.url), "utf8");
const file = parseMembers(JSON.parse(text));
const names = file.members.map(({ name }) => name);

describe("who takes part in a local network", () => {
  it("is everybody whom the belt describes, the consumer first", () => {
    const roster = rosterOf(file);
    expect(roster.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
    expect(roster[0]?.name).toBe(file.consumer);
    expect(roster.every(({ parts }) => parts.length === 1)).toBe(true);
  });

  it.each([2, 3, 4, 6])("shares all the work among fewer: %i", (count) => {
    const roster = rosterOf(file, count);
    expect(roster).toHaveLength(count);
    const [consumer, ...suppliers] = roster;
    expect(consumer?.parts.map(({ name }) => name)).toEqual([file.consumer]);
    const parts = roster.flatMap((member) => member.parts.map(({ name }) => name));
    expect(parts.toSorted()).toEqual(names.toSorted());
    const sizes = suppliers.map((supplier) => supplier.parts.length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  });

  it("has newcomers when it is more than the belt needs", () => {
    const roster = rosterOf(file, names.length + 2);
    expect(roster.slice(-2)).toEqual([
      { name: "newcomer-1", kinds: ["producer", "consumer"], parts: [] },
      { name: "newcomer-2", kinds: ["producer", "consumer"], parts: [] },
    ]);
  });

  it.each([1, 0, -1, 51, 2.5, Number.NaN])("is not %d members", (count) => {
    expect(() => rosterOf(file, count)).toThrow(
      expect.objectContaining({ code: "USAGE_INVALID", at: "--members" }),
    );
  });
});

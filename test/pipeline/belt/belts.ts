import fc from "fast-check";
import type { BeltDocument } from "../../../pipeline/belt/index.ts";

const slug = fc.stringMatching(/^[a-z][a-z0-9]{0,5}(?:-[a-z0-9]{1,3})?$/);
const stationName = slug.filter((name) => name !== "case" && name !== "result");
const pointer = fc.constantFrom("/a", "/b", "/c/x", "/c/y", "/d~1e", "/f~0", "/g/h/i", "/é");
const bytes32 = fc.stringMatching(/^[0-9a-f]{64}$/).map((digits) => `0x${digits}`);
const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 });

/** Belts that make sense: no cycle, no overlap, every station of use. */
export const belt: fc.Arbitrary<BeltDocument> = fc
  .tuple(
    fc.uniqueArray(stationName, { minLength: 1, maxLength: 8 }),
    fc.array(fc.nat(), { minLength: 16, maxLength: 16 }),
    fc.array(pointer, { minLength: 32, maxLength: 32 }),
    fc.array(bytes32, { minLength: 8, maxLength: 8 }),
    fc.record({
      belt: slug,
      version: fc.constantFrom("1", "2026.1", "0.1.0-rc.1+x"),
      parent: fc.option(bytes32, { nil: null }),
      title: fc.dictionary(fc.constantFrom("en", "nl", "pt-BR"), text),
    }),
    fc.option(text, { nil: undefined }),
  )
  .map(([names, numbers, pointers, offers, head, when]) => {
    const fields = pointers.values();
    const field = (): string => fields.next().value ?? "/a";
    const picks = numbers.values();
    const pick = (from: readonly string[]): string => from[(picks.next().value ?? 0) % from.length] ?? "case";
    // Each needs fields of those before it, so that there is no way around in a circle.
    const stations = names.map((name, index) => {
      const before = ["case", ...names.slice(0, index)];
      const sources = [pick(before), pick(before), before.at(-1) ?? "case"];
      const needs = Object.fromEntries(
        sources.map((source, number) => [`/n${number}`, `${source}#${field()}`]),
      );
      return [name, { offer: offers[index] ?? "", needs, ...(when === undefined ? {} : { when }) }] as const;
    });
    const result = Object.fromEntries(names.map((name, index) => [`/r${index}`, `${name}#${field()}`]));
    return { ...head, case: { type: "object" }, stations: Object.fromEntries(stations), result };
  });

import { describe, expect, it } from "vitest";
import { createToldHeads } from "../../../nodes/ledger/toldHeads.ts";
import type { Header } from "../../../nodes/ledger/wire.ts";
import { hashOf } from "../../pipeline/index/ledger.ts";

const header = (number: number, fork = "a"): Header => ({
  number,
  hash: hashOf(fork, number),
  parentHash: hashOf(fork, number - 1),
  timestamp: number,
});

describe("headers that were told", () => {
  it("are there until others are told in their place, or nothing is told any more", () => {
    const told = createToldHeads();
    expect(told.last()).toBeUndefined();
    for (const number of [5, 6, 7, 8]) told.add(header(number));
    expect(told.last()).toEqual(header(8));
    expect(told.at(6)).toEqual(header(6));
    told.add(header(6, "b"));
    expect(told.last()).toEqual(header(6, "b"));
    expect([5, 6, 7, 8].map(told.at)).toEqual([header(5), header(6, "b"), undefined, undefined]);
    told.clear();
    expect(told.last()).toBeUndefined();
    expect(told.at(5)).toBeUndefined();
  });

  it("are the newest alone, however far the ledger was away", () => {
    const told = createToldHeads();
    told.add(header(1));
    for (let number = 1_000_000; number < 1_001_000; number++) told.add(header(number));
    expect(told.at(1)).toBeUndefined();
    expect(told.at(1_000_000)).toBeUndefined();
    expect(told.at(1_000_900)).toEqual(header(1_000_900));
    told.add(header(2));
    expect(told.at(1_000_900)).toBeUndefined();
  });
});

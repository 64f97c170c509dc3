import { expect, it } from "vitest";
import { watchOpenSheets } from "../../nodes/openSheets.ts";
import { applyBlock } from "../../pipeline/index/index.ts";
import {
  ada,
  addressOf,
  before,
  beltId,
  blockOf,
  bob,
  booked,
  expired,
  type Fact,
  hashOf,
  indexOf,
  oneSheet,
  reported,
} from "../pipeline/index/ledger.ts";

const now = 1_700_000_500;

/** Three sheets of bob's on a belt of ada's and bob's; what happens next is heard. */
function three() {
  const index = indexOf(...oneSheet);
  const sheets = { ada: watchOpenSheets(index.view, ada), bob: watchOpenSheets(index.view, bob) };
  const others = watchOpenSheets(index.view, addressOf("eve"));
  const hear = (...facts: Fact[]): void => {
    const events = applyBlock(index, blockOf(index.view.head ?? before, facts));
    for (const each of [sheets.ada, sheets.bob, others]) each.heard(events);
  };
  hear(booked(hashOf("second"), beltId), booked(hashOf("third"), beltId));
  return { ...sheets, others, hear };
}

it("counts what a member booked, and where it has a station", () => {
  const { ada: station, bob: both, others } = three();
  expect(station.count(now)).toEqual({ consumer: 0, station: 3 });
  expect(both.count(now)).toEqual({ consumer: 3, station: 3 });
  expect(others.count(now)).toEqual({ consumer: 0, station: 0 });
});

it("no longer counts what all stations have reported", () => {
  const { ada: station, hear } = three();
  hear(reported(0));
  expect(station.count(now)).toEqual({ consumer: 0, station: 3 });
  hear(reported(1));
  expect(station.count(now)).toEqual({ consumer: 0, station: 2 });
});

it("no longer counts what was closed, or whose deadline is over", () => {
  const { ada: station, hear } = three();
  hear(expired(3, 650n));
  expect(station.count(now)).toEqual({ consumer: 0, station: 2 });
  expect(station.count(1_700_001_001)).toEqual({ consumer: 0, station: 0 });
});

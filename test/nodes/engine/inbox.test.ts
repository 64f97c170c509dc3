import { afterEach, describe, expect, it } from "vitest";
import { defineStation } from "../../../nodes/stations/index.ts";
import type { OpenedTray } from "../../../pipeline/tray/index.ts";
import { closed, number } from "../../support/closed.ts";
import { Consortium } from "../../support/consortium.ts";
import { SteppingClock } from "../../support/steppingClock.ts";
import { keysOf } from "../../support/storeCompliance.ts";
import { until } from "../../support/until.ts";

const double = defineStation<{ n: number }, { twice: number }>({
  ...{ name: "double", version: "1.0.0", input: closed({ n: number }), output: closed({ twice: number }) },
  process: ({ n }) => ({ twice: 2 * n }),
});
const square = defineStation<{ n: number }, { squared: number }>({
  ...{ name: "square", version: "1.0.0", input: closed({ n: number }), output: closed({ squared: number }) },
  process: ({ n }) => ({ squared: n * n }),
});
const sum = defineStation<{ twice: number; squared: number }, { sum: number }>({
  name: "sum",
  version: "1.0.0",
  input: closed({ twice: number, squared: number }),
  output: closed({ sum: number }),
  process: ({ twice, squared }) => ({ sum: twice + squared }),
});
const belt = {
  belt: "sums",
  case: closed({ n: number }),
  stations: {
    double: { offer: "north/double", needs: { "/n": "case#/n" } },
    square: { offer: "east/square", needs: { "/n": "case#/n" } },
    sum: { offer: "south/sum", needs: { "/twice": "double#/twice", "/squared": "square#/squared" } },
  },
  result: { "/sum": "sum#/sum" },
};
const members = { shop: [], north: [double], east: [square], south: [sum] };

let consortium: Consortium;
afterEach(() => consortium.stop());

async function results(sheet: string): Promise<readonly unknown[]> {
  const { collector } = consortium.engine("shop");
  await until(async () => (await collector.progress(sheet)).get("sum")?.size === 1, { what: "the result" });
  const outcomes = await Array.fromAsync(consortium.engine("shop").cases.outcomes(sheet));
  return outcomes.flatMap(({ fields }) => fields.get("/sum") ?? []);
}

const kept = () => keysOf(consortium.member("south").store, { prefix: "inbox/" });

describe("a case that waits for its other inputs", () => {
  /** What north's tray to south says, while south waits for what east has. */
  async function half(): Promise<OpenedTray> {
    const genuine = Promise.withResolvers<Uint8Array>();
    consortium = new Consortium({
      members,
      network: ({ from, to, tray }) => {
        if (from === "north" && to === "south") genuine.resolve(tray);
      },
    });
    await consortium.start("shop", "north", "south");
    await consortium.book("shop", await consortium.publish(belt, "shop"), [{ n: 3 }]);
    const opened = consortium.open("south", await genuine.promise);
    await until(async () => (await kept()).length === 1, { what: "the tray" });
    return opened;
  }

  it("is not changed by another outcome from the same source, under another number", async () => {
    const { sheet, edge, items } = await half();
    const others = items.map(({ receipt, ...rest }) => ({
      ...rest,
      receipt: receipt && { ...receipt, finished: receipt.finished + 1 },
    }));
    const tray = consortium.seal("north", "south", { sheet, edge, tray: 1_000, items: others });
    await expect(consortium.engine("south").accept(tray)).rejects.toMatchObject({
      code: "TRAY_CONFLICT",
      at: "case 0",
    });
    expect(await kept()).toHaveLength(1);
    await consortium.start("east");
    expect(await results(sheet)).toEqual([15]);
  });

  it("may come again with the same outcome, under another number", async () => {
    const { sheet, edge, items } = await half();
    const tray = consortium.seal("north", "south", { sheet, edge, tray: 1_000, items });
    await expect(consortium.engine("south").accept(tray)).resolves.toEqual(expect.any(String));
    await consortium.start("east");
    expect(await results(sheet)).toEqual([15]);
    await until(async () => (await kept()).length === 0, { what: "both trays to be done with" });
  });
});

it("a node whose operator took a station out says so, keeps nothing, and goes on when it is back", async () => {
  const clock = new SteppingClock(Date.parse("2026-03-02T12:00:00Z"));
  consortium = new Consortium({ members, clock });
  await consortium.start("shop", "north", "east");
  const refusals: string[] = [];
  consortium.member("north").signals.on("refused", ({ problem }) => void refusals.push(problem.code));
  const id = await consortium.publish(belt, "shop");
  const south = consortium.member("south");
  south.stations = [];
  await consortium.start("south");
  const sheet = await consortium.book("shop", id, [{ n: 3 }]);
  await until(() => refusals.length > 0, { what: "the refusal" });
  expect(new Set(refusals)).toEqual(new Set(["STATION_MISSING"]));
  expect(await kept()).toEqual([]);
  consortium.kill("south");
  south.stations = [sum];
  await consortium.start("south");
  await clock.pass(120_000);
  expect(await results(sheet)).toEqual([15]);
});

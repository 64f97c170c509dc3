import { afterEach, expect, test } from "vitest";
import { defineStation } from "../../../nodes/stations/index.ts";
import { MemoryStore } from "../../../nodes/store/index.ts";
import { BeltError } from "../../../pipeline/errors.ts";
import { closed, number } from "../../support/closed.ts";
import { Consortium } from "../../support/consortium.ts";
import { SteppingClock } from "../../support/steppingClock.ts";
import { until } from "../../support/until.ts";

/** A store on a disk that can be full. */
class FullStore extends MemoryStore {
  full = false;
  /** How often something was to be written in vain. */
  tries = 0;

  override trouble(): BeltError | undefined {
    return this.full ? new BeltError("STORE_FAILED", "No space left on device") : undefined;
  }

  override async batch(changes: Parameters<MemoryStore["batch"]>[0]): Promise<void> {
    const trouble = this.trouble();
    if (trouble !== undefined) {
      this.tries++;
      throw trouble;
    }
    await super.batch(changes);
  }
}

const double = defineStation<{ n: number }, { twice: number }>({
  ...{ name: "double", version: "1.0.0", input: closed({ n: number }), output: closed({ twice: number }) },
  process: ({ n }) => ({ twice: 2 * n }),
});

/** Ends the work that is in hand. */
let working: (() => void) | undefined;
const slow = defineStation<{ n: number }, { twice: number }>({
  ...{ name: "slow", version: "1.0.0", input: closed({ n: number }), output: closed({ twice: number }) },
  async process({ n }) {
    await new Promise<void>((resolve) => {
      working = resolve;
    });
    return { twice: 2 * n };
  },
});

let consortium: Consortium;
afterEach(() => consortium.stop());

const doubles = {
  belt: "sums",
  case: closed({ n: number }),
  stations: { double: { offer: "north/double", needs: { "/n": "case#/n" } } },
  result: { "/twice": "double#/twice" },
};

test("a node that cannot write takes no trays and says why, and goes on by itself when it can", async () => {
  const disk = new FullStore();
  const trays: Uint8Array[] = [];
  consortium = new Consortium({
    members: { shop: [], north: [double] },
    store: (name) => (name === "north" ? disk : new MemoryStore()),
    network: ({ to, tray }) => void (to === "north" && trays.push(tray)),
  });
  await consortium.start();
  const belt = await consortium.publish(doubles, "shop");
  disk.full = true;
  const sheet = await consortium.book("shop", belt, [{ n: 1 }, { n: 2 }]);
  await until(() => trays.length > 0);
  const north = consortium.engine("north");
  const refusal = { code: "STORE_FAILED", message: "No space left on device", retryAfter: 5 };
  expect(north.refusal()).toMatchObject(refusal);
  await expect(north.accept(trays[0] ?? new Uint8Array())).rejects.toMatchObject(refusal);
  // Without a look at what it is: that could not be kept.
  await expect(north.accept(Buffer.from("nonsense"))).rejects.toMatchObject(refusal);
  disk.full = false;
  expect(north.refusal()).toBeUndefined();
  const ended = async () => (await consortium.engine("shop").collector.progress(sheet)).get("double");
  const statuses = await until(async () => {
    const found = await ended();
    return found?.size === 2 && found;
  });
  expect([...statuses.values()]).toEqual(["done", "done"]);
});

test("what cannot be written for half an hour is tried again, less and less often", async () => {
  const disk = new FullStore();
  const clock = new SteppingClock(Date.now());
  consortium = new Consortium({
    members: { shop: [], north: [slow] },
    store: (name) => (name === "north" ? disk : new MemoryStore()),
    clock,
    limits: { anchorAfter: 60_000, withdrawAfter: 60_000 },
  });
  await consortium.start();
  const belt = await consortium.publish(
    { ...doubles, stations: { double: { ...doubles.stations.double, offer: "north/slow" } } },
    "shop",
  );
  const booked = consortium.book("shop", belt, [{ n: 1 }]);
  for (let turn = 0; turn < 20 && working === undefined; turn++) await clock.pass(1_000);
  const sheet = await booked;
  disk.full = true;
  working?.();
  for (let minute = 0; minute < 30; minute++) await clock.pass(60_000);
  expect(disk.tries).toBeGreaterThan(50);
  expect(disk.tries).toBeLessThan(400);
  disk.full = false;
  await clock.pass(60_000);
  expect((await consortium.engine("shop").collector.progress(sheet)).get("double")?.size).toBe(1);
});

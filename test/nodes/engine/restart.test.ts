import { afterEach, expect, test } from "vitest";
import { defineStation } from "../../../nodes/stations/index.ts";
import { MemoryStore } from "../../../nodes/store/index.ts";
import { closed, number } from "../../support/closed.ts";
import { Consortium } from "../../support/consortium.ts";
import { until } from "../../support/until.ts";

/** A disk that takes its time over the last of the kept trays. */
class SlowDisk extends MemoryStore {
  last: string | undefined;
  readonly gate = Promise.withResolvers<void>();

  override async get(key: string): Promise<Uint8Array | undefined> {
    if (key === this.last) await this.gate.promise;
    return super.get(key);
  }
}

let opened = Promise.withResolvers<void>();
const double = defineStation<{ n: number }, { twice: number }>({
  ...{ name: "double", version: "1.0.0", input: closed({ n: number }), output: closed({ twice: number }) },
  async process({ n }) {
    await opened.promise;
    return { twice: 2 * n };
  },
});

let consortium: Consortium;
afterEach(() => consortium.stop());

test("a node that is started anew works, and takes new cases, before it has opened all that was left", async () => {
  opened = Promise.withResolvers();
  const disk = new SlowDisk();
  consortium = new Consortium({
    members: { shop: [], north: [double] },
    store: (name) => (name === "north" ? disk : new MemoryStore()),
  });
  await consortium.start();
  const belt = await consortium.publish(
    {
      belt: "sums",
      case: closed({ n: number }),
      stations: { double: { offer: "north/double", needs: { "/n": "case#/n" } } },
      result: { "/twice": "double#/twice" },
    },
    "shop",
  );
  const ended = async (sheet: string): Promise<number> =>
    (await consortium.engine("shop").collector.progress(sheet)).get("double")?.size ?? 0;
  const kept = () => Array.fromAsync(disk.keys({ prefix: "inbox/" }));

  const left = await consortium.book(
    "shop",
    belt,
    Array.from({ length: 600 }, (_, n) => ({ n })),
  );
  const [, , last, ...more] = await until(async () => {
    const keys = await kept();
    return keys.length === 3 && keys;
  });
  expect(more).toEqual([]);
  consortium.kill("north");
  disk.last = last;
  opened.resolve();
  await consortium.start("north");

  const fresh = await consortium.book("shop", belt, [{ n: 1 }, { n: 2 }]);
  await until(async () => (await ended(fresh)) === 2);
  await until(async () => (await ended(left)) === 2 * 256);
  expect(await kept()).toEqual([last]);

  disk.gate.resolve();
  await until(async () => (await ended(left)) === 600);
  expect(consortium.engine("north").log.head().size).toBe(602);
  expect(await kept()).toEqual([]);
});

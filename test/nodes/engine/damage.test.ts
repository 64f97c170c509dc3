import { afterEach, expect, test } from "vitest";
import { defineHumanStation } from "../../../nodes/stations/index.ts";
import { checkedStore, MemoryStore } from "../../../nodes/store/index.ts";
import { closed, number } from "../../support/closed.ts";
import { Consortium } from "../../support/consortium.ts";
import { until } from "../../support/until.ts";

const opinion = defineHumanStation({
  ...{ name: "opinion", version: "1.0.0" },
  ...{ input: closed({ n: number }), output: closed({ likes: { type: "boolean" } }) },
});

let consortium: Consortium;
afterEach(() => consortium.stop());

test("a kept tray with a flipped bit is named and not worked on, and the others are", async () => {
  const disk = new MemoryStore();
  const store = checkedStore(disk);
  consortium = new Consortium({
    members: { shop: [], desk: [opinion] },
    store: (name) => (name === "desk" ? store : new MemoryStore()),
  });
  await consortium.start();
  const belt = await consortium.publish(
    {
      belt: "opinions",
      case: closed({ n: number }),
      stations: { opinion: { offer: "desk/opinion", needs: { "/n": "case#/n" } } },
      result: { "/likes": "opinion#/likes" },
    },
    "shop",
  );
  const hurt = await consortium.book("shop", belt, [{ n: 1 }]);
  const whole = await consortium.book("shop", belt, [{ n: 2 }]);
  const tasks = () => consortium.engine("desk").waits.tasks();
  await until(() => tasks().length === 2);
  consortium.kill("desk");

  const [at = ""] = await Array.fromAsync(disk.keys({ prefix: `inbox/${hurt}/` }));
  const record = Buffer.from((await disk.get(at)) ?? []);
  record.writeUInt8(record.readUInt8(100) ^ 16, 100);
  await disk.batch([{ type: "put", key: at, value: record }]);

  await consortium.start("desk");
  const open = await until(() => tasks()[0]);
  expect(tasks()).toHaveLength(1);
  expect(open).toMatchObject({ sheet: whole, form: { n: 2 } });
  const damage = { what: `open the kept tray ${at}`, problem: { code: "STORE_DAMAGED", at } };
  expect(consortium.member("desk").troubles[0]).toMatchObject(damage);
  expect(store.damaged()).toEqual([at]);
  await consortium.engine("desk").waits.complete(open.id, { likes: true });
  await until(
    async () => (await consortium.engine("shop").collector.progress(whole)).get("opinion")?.size === 1,
  );
});

import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { z } from "zod";
import { openNodeStore, storeFolder } from "../../nodes/nodeStore.ts";
import { defineStation } from "../../nodes/stations/index.ts";
import { openLevelStore, type Store, withChecksum } from "../../nodes/store/index.ts";
import { HashText } from "../../pipeline/index/index.ts";
import { closed, number } from "../support/closed.ts";
import { Consortium } from "../support/consortium.ts";
import { temporaryFolder } from "../support/folder.ts";
import { keysOf } from "../support/storeCompliance.ts";
import { until } from "../support/until.ts";

const fixtures = new URL("../fixtures/stores/1/", import.meta.url);

const Identity = z.object({
  address: z.string(),
  signing: z.record(z.string(), z.string()),
  sealing: z.record(z.string(), z.string()),
  secret: z.string(),
});
/** What the ledger and the members' key files said when the stores were written. */
const Facts = z.object({
  belt: HashText,
  deadline: z.int(),
  members: z.object({ shop: Identity, north: Identity }),
  sheets: z.record(z.enum(["finished", "hanging", "unsent", "left"]), HashText),
  offers: z.array(z.tuple([HashText, z.object({ member: z.string(), document: HashText })])),
  belts: z.array(z.tuple([HashText, z.array(HashText)])),
  bookings: z.array(
    z.object({ sheet: HashText, root: HashText, count: z.int(), reported: z.array(z.int()) }),
  ),
  head: z.object({ size: z.int(), root: HashText }),
});

/** The station of the members who wrote the stores: its document is named by its hash in their offer. */
const double = defineStation<{ n: number }, { twice: number }>({
  name: "double",
  version: "1.0.0",
  input: closed({ n: number }),
  output: closed({ twice: number }),
  process: ({ n }) => ({ twice: 2 * n }),
});

const opened: Store[] = [];
let consortium: Consortium | undefined;
afterEach(async () => {
  await consortium?.stop();
  await Promise.all(opened.splice(0).map((store) => store.close()));
});

/** A copy of the store that a member's node of the first form left behind, in a data folder. */
async function copyOf(name: string): Promise<string> {
  const data = await temporaryFolder();
  await cp(new URL(name, fixtures), storeFolder(data), { recursive: true });
  return data;
}

test("a store of the first form is taken over, with all that was under way in it", async () => {
  const facts = Facts.parse(JSON.parse(await readFile(new URL("facts.json", fixtures), "utf8")));
  const stores: Record<string, Store> = {
    shop: await openNodeStore({ data: await copyOf("shop") }),
    north: await openNodeStore({ data: await copyOf("north") }),
  };
  opened.push(...Object.values(stores));
  const { shop, north } = facts.members;
  consortium = new Consortium({
    members: { shop: [], north: [double] },
    identities: facts.members,
    store: (name) => {
      const store = stores[name];
      if (store === undefined) throw new Error(`there is no store of ${name}`);
      return store;
    },
  });
  const { ledger } = consortium;
  for (const [id, offer] of facts.offers) ledger.offers.set(id, offer);
  for (const [id, offers] of facts.belts) ledger.belts.set(id, offers);
  for (const { root, count, sheet, reported } of facts.bookings) {
    await ledger
      .of(shop.address)
      .book({ belt: facts.belt, root, count, deadline: facts.deadline, maxCost: 0n });
    for (const station of reported) {
      await ledger.of(north.address).report({ sheet, station, exceptions: new Map() });
    }
  }
  await ledger.of(north.address).anchor(facts.head, []);

  await consortium.start();
  const { collector, cases } = consortium.engine("shop");
  for (const { sheet, count } of facts.bookings) {
    // One was through, one lay in the inbox, one in the outbox, and the last had not left its consumer.
    const ended = await until(
      async () => {
        const statuses = (await collector.progress(sheet)).get("double");
        return statuses?.size === count && statuses;
      },
      { what: `the end of sheet ${sheet}` },
    );
    expect([...ended.values()]).toEqual(Array.from({ length: count }, () => "done"));
    await until(() => ledger.sheets.get(sheet)?.reports.size === 1, { what: "the report" });
    const outcomes = await Array.fromAsync(cases.outcomes(sheet));
    outcomes.sort((one, other) => one.receipt.case - other.receipt.case);
    const twice = outcomes.map(({ fields }) => fields.get("/twice"));
    const values = await Array.fromAsync(cases.cases(sheet), ({ value }) => value["n"]);
    expect(twice).toEqual(values.map((n) => 2 * Number(n)));
  }
  for (const store of Object.values(stores)) expect(await keysOf(store, { prefix: "outcome/" })).toEqual([]);
  // The log of receipts goes on where it was: its later heads contain the one that was anchored.
  const { log } = consortium.engine("north");
  expect(log.head().size).toBe(facts.bookings.reduce((sum, { count }) => sum + count, 0));
  expect(consortium.member("north").troubles).toEqual([]);
  expect(consortium.member("shop").troubles).toEqual([]);
});

test("what an earlier form lacks is made from what it has: which sheets have not left, and the ledger anew", async () => {
  const data = await copyOf("shop");
  const old = await openLevelStore(storeFolder(data));
  const block = "ledger/blocks/0000000000000007";
  await old.batch([
    { type: "put", key: block, value: Buffer.from("{}") },
    { type: "put", key: "ledger/cursor", value: Buffer.from("{}") },
    { type: "put", key: "ledger/intents/0x01/pending/1", value: Buffer.from("{}") },
  ]);
  await old.close();

  const store = await openNodeStore({ data });
  opened.push(store);
  const { sheets } = Facts.parse(JSON.parse(await readFile(new URL("facts.json", fixtures), "utf8")));
  expect(await keysOf(store, { prefix: "leaving/" })).toEqual([`leaving/${sheets.left}`]);
  expect(await keysOf(store, { prefix: "ledger/" })).toEqual(["ledger/intents/0x01/pending/1"]);
});

test("records get their checksums once, also where an earlier start did not come to the end of it", async () => {
  const data = await temporaryFolder();
  const old = await openLevelStore(storeFolder(data));
  await old.batch([
    { type: "put", key: "schema", value: Buffer.from("2") },
    { type: "put", key: "manifest/0x01", value: withChecksum("manifest/0x01", Buffer.from("one")) },
    { type: "put", key: "manifest/0x02", value: Buffer.from("two") },
  ]);
  await old.close();

  const store = await openNodeStore({ data });
  opened.push(store);
  const values = await Array.fromAsync(store.entries({ prefix: "manifest/" }), ([, value]) =>
    Buffer.from(value).toString(),
  );
  expect(values).toEqual(["one", "two"]);
});

test("a store of a newer program is left as it is, and not held open", async () => {
  const data = await temporaryFolder();
  const newer = await openLevelStore(storeFolder(data));
  await newer.batch([{ type: "put", key: "schema", value: Buffer.from("99") }]);
  await newer.close();
  const refusal = { code: "STORE_TOO_NEW", at: join(data, "store"), retryable: false };
  await expect(openNodeStore({ data })).rejects.toMatchObject(refusal);
  await expect(openNodeStore({ data })).rejects.toMatchObject(refusal);
});

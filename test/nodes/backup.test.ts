import { randomBytes } from "node:crypto";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { readBackupFile } from "../../nodes/backup/file.ts";
import { backUp, checkBackup, restoreBackup, writeBackupFile } from "../../nodes/backup/index.ts";
import { createIdentity, openIdentity } from "../../nodes/identity.ts";
import { openNodeStore } from "../../nodes/nodeStore.ts";
import { defineStation } from "../../nodes/stations/index.ts";
import {
  type Change,
  keepRestored,
  MemoryStore,
  openLevelStore,
  restoredOf,
  type Store,
} from "../../nodes/store/index.ts";
import { madeBackup, taken } from "../support/backup.ts";
import { closed, number } from "../support/closed.ts";
import { Consortium } from "../support/consortium.ts";
import { temporaryFolder } from "../support/folder.ts";
import { keysOf } from "../support/storeCompliance.ts";
import { until } from "../support/until.ts";

const put = (key: string, text: string): Change => ({ type: "put", key, value: Buffer.from(text) });

const opened: Store[] = [];
let consortium: Consortium | undefined;
afterEach(async () => {
  await consortium?.stop();
  consortium = undefined;
  await Promise.all(opened.splice(0).map((store) => store.close()));
});

async function open(data: string): Promise<Store> {
  const store = await openNodeStore({ data });
  opened.push(store);
  return store;
}

const contentOf = (store: Store): Promise<[string, string][]> =>
  Array.fromAsync(store.entries({ prefix: "" }), ([key, value]) => [key, Buffer.from(value).toString("hex")]);

describe("a backup", () => {
  test("restores store and keys into an empty folder, as they were, for their owner alone", async () => {
    const { folder, data, member, store, file, written } = await madeBackup();
    expect(written).toMatchObject({ member, ...taken, entries: 4 });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const empty = join(folder, "elsewhere", "data");
    await restoreBackup(file, { data: empty });
    const restored = await open(empty);
    expect(await restoredOf(restored)).toEqual({
      copy: expect.any(Number),
      of: 0,
      at: taken.at,
      checked: false,
    });
    const content = (await contentOf(restored)).filter(([key]) => key !== "restored");
    expect(content).toEqual(await contentOf(store));
    expect((await openIdentity(empty)).token).toBe((await openIdentity(data)).token);
  });

  test("is of one moment, however much is written meanwhile", async () => {
    const folder = await temporaryFolder();
    const store = await openLevelStore(join(folder, "store"));
    opened.push(store);
    const entries = 400;
    const write = (number: number): Promise<void> =>
      store.batch(Array.from({ length: entries }, (_, n) => put(`entry/${n}`, String(number).padEnd(3_000))));
    await write(0);
    const pieces = backUp(store, { member: `0x${"a1".repeat(20)}`, ...taken });
    let written = 0;
    async function* whileWriting(): AsyncIterable<Uint8Array> {
      for await (const piece of pieces) {
        yield piece;
        await write(++written);
      }
    }
    const file = join(folder, "one.backup");
    await writeBackupFile({ store: whileWriting(), file, keysOf: undefined });
    expect(written).toBeGreaterThan(2);
    const data = join(folder, "data");
    await createIdentity(data, { random: (size) => randomBytes(size) });
    await expect(restoreBackup(file, { data })).rejects.toMatchObject({ code: "BACKUP_FOREIGN" });
    const numbers = new Set<string>();
    for await (const [, value] of (await readAll(file)).entries({ prefix: "entry/" }))
      numbers.add(Buffer.from(value).toString().trim());
    expect([...numbers]).toEqual(["0"]);
  });

  /** What a backup has, in memory. */
  async function readAll(file: string): Promise<Store> {
    const store = new MemoryStore();
    for await (const { kind, name, value } of (await readBackupFile(file)).records)
      if (kind === "entry") await store.batch([{ type: "put", key: name, value }]);
    return store;
  }

  test("that was cut anywhere, or changed in any byte, is refused before anything is written", async () => {
    const { folder, file } = await madeBackup();
    const whole = await readFile(file);
    const broken = join(folder, "broken.backup");
    const empty = join(folder, "empty");
    const codes = new Set<string>();
    const refused = async (bytes: Uint8Array): Promise<void> => {
      await writeFile(broken, bytes);
      const problem = await checkBackup(broken).catch((error: unknown) => error);
      expect(problem).toMatchObject({ name: "BeltError", at: broken });
      codes.add(Object(problem).code);
    };
    for (let place = 0; place < whole.length; place += 29) {
      await refused(whole.subarray(0, place));
      const changed = Buffer.from(whole);
      changed.writeUInt8(changed.readUInt8(place) ^ 0x10, place);
      await refused(changed);
    }
    await refused(Buffer.concat([whole, Buffer.from([0])]));
    expect([...codes].toSorted()).toEqual(["BACKUP_DAMAGED", "BACKUP_UNKNOWN"]);
    await expect(restoreBackup(broken, { data: empty })).rejects.toMatchObject({ code: "BACKUP_DAMAGED" });
    await expect(stat(empty)).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("is written over no file, and one that breaks off leaves none", async () => {
    const { folder, data, file, store, member } = await madeBackup();
    const again = () => writeBackupFile({ store: backUp(store, { member, ...taken }), file, keysOf: data });
    await expect(again()).rejects.toMatchObject({ code: "FILE_UNREADABLE", at: file });
    async function* brokenOff(): AsyncIterable<Uint8Array> {
      for await (const piece of backUp(store, { member, ...taken })) {
        yield piece.subarray(0, 200);
        return;
      }
    }
    const other = join(folder, "other.backup");
    await expect(writeBackupFile({ store: brokenOff(), file: other, keysOf: data })).rejects.toMatchObject({
      code: "BACKUP_DAMAGED",
    });
    await expect(stat(other)).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("is restored beside no other store, and with no other member's keys", async () => {
    const { folder, data, file, member } = await madeBackup();
    await restoreBackup(file, { data });
    await expect(restoreBackup(file, { data })).rejects.toMatchObject({ code: "STORE_EXISTS" });
    const other = join(folder, "other");
    const { address } = await createIdentity(other, { random: (size) => randomBytes(size) });
    expect(address).not.toBe(member);
    await expect(restoreBackup(file, { data: other })).rejects.toMatchObject({ code: "BACKUP_FOREIGN" });
    await expect(stat(join(other, "store"))).rejects.toMatchObject({ code: "ENOENT" });
    expect((await openIdentity(other)).address).toBe(address);
  });
});

describe("a node whose machine is gone", () => {
  let gate: PromiseWithResolvers<void>;
  const double = defineStation<{ n: number }, { twice: number }>({
    name: "double",
    version: "1.0.0",
    input: closed({ n: number }),
    output: closed({ twice: number }),
    async process({ n }) {
      if (n > 1) await gate.promise;
      return { twice: 2 * n };
    },
  });
  const belt = {
    belt: "doubles",
    case: closed({ n: number }),
    stations: { double: { offer: "north/double", needs: { "/n": "case#/n" } } },
    result: { "/twice": "double#/twice" },
  };

  /** Books a sheet of which the first case is through at once, and the others wait; gives its id. */
  async function begun(parts: Consortium): Promise<string> {
    gate = Promise.withResolvers();
    await parts.start();
    const id = await parts.publish(belt, "shop");
    const sheet = await parts.book("shop", id, [{ n: 1 }, { n: 2 }, { n: 3 }]);
    await until(async () => (await done(parts, sheet)) === 1, { what: "the first case" });
    return sheet;
  }
  const done = async (parts: Consortium, sheet: string): Promise<number> =>
    (await parts.engine("shop").collector.progress(sheet)).get("double")?.size ?? 0;

  /** Takes a backup of a member's store, and gives what becomes of it on another machine. */
  async function backupOf(parts: Consortium, name: string): Promise<() => Promise<Store>> {
    const { store, address: member } = parts.member(name);
    const folder = await temporaryFolder();
    const file = join(folder, "north.backup");
    await writeBackupFile({
      store: backUp(store, { member, ...taken, at: Date.now() }),
      file,
      keysOf: undefined,
    });
    return async () => {
      const restored = new MemoryStore();
      for await (const { name: key, value } of (await readBackupFile(file)).records)
        await restored.batch([{ type: "put", key, value }]);
      await restored.batch([keepRestored({ copy: 1, of: 0, at: taken.at, checked: true })]);
      return restored;
    };
  }

  test("goes on from its backup on another one, and all cases end", async () => {
    consortium = new Consortium({ members: { shop: [], north: [double] } });
    const sheet = await begun(consortium);
    const restore = await backupOf(consortium, "north");
    consortium.kill("north");
    consortium.member("north").store = await restore();
    gate.resolve();
    await consortium.start("north");
    await until(() => consortium?.ledger.sheets.get(sheet)?.reports.size === 1, { what: "the report" });
    expect(await done(consortium, sheet)).toBe(3);
    // Numbers of trays that the lost machine may have given are not given again.
    const edges = await keysOf(consortium.member("north").store, { prefix: "edge/" });
    const last = await consortium.member("north").store.get(edges[0] ?? "");
    expect(Number(Buffer.from(last ?? []).toString())).toBeGreaterThan(2 ** 20);
    expect(await keysOf(consortium.member("shop").store, { prefix: "refused/" })).toEqual([]);
    expect(await keysOf(consortium.member("north").store, { prefix: "refused/" })).toEqual([]);
  });

  test("says that its log is behind its own anchored head, and adds nothing to it", async () => {
    consortium = new Consortium({ members: { shop: [], north: [double] } });
    const sheet = await begun(consortium);
    const restore = await backupOf(consortium, "north");
    gate.resolve();
    await until(() => consortium?.ledger.sheets.get(sheet)?.reports.size === 1, { what: "the report" });
    consortium.kill("north");
    consortium.member("north").store = await restore();
    await consortium.start("north");
    const north = consortium.engine("north");
    expect(north.refusal()).toMatchObject({ code: "LOG_BEHIND", retryable: true });
    const { troubles } = consortium.member("north");
    await until(() => troubles.some(({ problem }) => Object(problem).code === "LOG_BEHIND"));
    expect(north.log.head().size).toBe(1);
    const { address } = consortium.member("north");
    expect(consortium.ledger.heads.get(address)?.at(-1)?.size).toBe(3);
  });

  test("says that a copy of its store worked by itself, and anchors nothing more", async () => {
    consortium = new Consortium({ members: { shop: [], north: [double] } });
    const sheet = await begun(consortium);
    const { address } = consortium.member("north");
    const anchored = () => consortium?.ledger.heads.get(address)?.at(-1);
    await until(() => anchored()?.size === 1, { what: "the first head" });
    // Another copy has anchored three other receipts meanwhile, as many as this one is about to write.
    const root = `0x${"f0".repeat(32)}`;
    await consortium.ledger.of(address).anchor({ size: 3, root }, []);
    expect(consortium.engine("north").refusal()).toMatchObject({ code: "LOG_BEHIND" });
    consortium.ledger.heads.get(address)?.pop();
    gate.resolve();
    await until(() => consortium?.ledger.sheets.get(sheet)?.reports.size === 1, { what: "the report" });
    expect(anchored()?.size).toBe(3);
    consortium.ledger.heads.set(address, [{ size: 2, root }]);
    const { troubles } = consortium.member("north");
    await until(() => troubles.some(({ problem }) => Object(problem).code === "LOG_FORKED"));
    expect(consortium.engine("north").refusal()).toMatchObject({ code: "LOG_FORKED", retryable: true });
    expect(consortium.ledger.heads.get(address)?.length).toBe(1);
  });
});

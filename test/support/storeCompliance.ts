import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Change, Expectation, Range, Store } from "../../nodes/store/index.ts";
import { endOf } from "../../nodes/store/keys.ts";

/** A store for one test, empty. */
export interface OpenedStore {
  readonly store: Store;
}

/** A store for one test that outlasts its process. */
export interface DurableStore extends OpenedStore {
  /** Closes it and opens what it kept again. */
  reopen(): Promise<Store>;
}

const bytes = (text: string): Uint8Array => Buffer.from(text, "utf8");
const put = (key: string, value: Uint8Array | string = ""): Change => ({
  type: "put",
  key,
  value: typeof value === "string" ? bytes(value) : value,
});
const del = (key: string): Change => ({ type: "del", key });

export async function keysOf(store: Store, range: Range = { prefix: "" }): Promise<string[]> {
  return Array.fromAsync(store.keys(range));
}

/** The value under a key in hexadecimal. */
async function hexAt(store: Store, key: string): Promise<string | undefined> {
  const value = await store.get(key);
  return value === undefined ? undefined : Buffer.from(value).toString("hex");
}

const hex = (text: string): string => Buffer.from(text).toString("hex");

/** All entries, their values in hexadecimal. */
async function contentOf(store: Store, range: Range = { prefix: "" }): Promise<[string, string][]> {
  return Array.fromAsync(store.entries(range), ([key, value]) => [key, Buffer.from(value).toString("hex")]);
}

const closed = { name: "BeltError", code: "STORE_CLOSED" };

/** What every store does. Each implementation runs this, and may have tests of its own besides. */
export function storeCompliance(name: string, open: () => Promise<OpenedStore>): void {
  describe(`${name} is a store`, () => {
    let opened: OpenedStore;
    let store: Store;
    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened.store.close());

    describe("of values", () => {
      test("gives what was put, the last one, until it is deleted", async () => {
        expect(await store.get("a")).toBeUndefined();
        await store.batch([put("a", "one")]);
        expect(await hexAt(store, "a")).toBe(hex("one"));
        await store.batch([put("a", "two")]);
        expect(await hexAt(store, "a")).toBe(hex("two"));
        await store.batch([del("a")]);
        expect(await store.get("a")).toBeUndefined();
      });

      test("keeps empty ones and tells them from none", async () => {
        await store.batch([put("empty")]);
        expect(await hexAt(store, "empty")).toBe("");
        expect(await contentOf(store)).toEqual([["empty", ""]]);
      });

      test("keeps large ones and all bytes", async () => {
        const large = Uint8Array.from(
          { length: 5_000_000 },
          (_, index) => (index * 31 + (index >> 8)) & 0xff,
        );
        await store.batch([put("large", large), put("small", Uint8Array.of(0, 255))]);
        expect(Buffer.compare((await store.get("large")) ?? bytes(""), large)).toBe(0);
        expect(await hexAt(store, "small")).toBe("00ff");
      });

      test("keeps its own copy of what is put, from the moment of the call", async () => {
        const buffer = Buffer.from("....mine....");
        const value = buffer.subarray(4, 8);
        const changes: Change[] = [put("a", value)];
        const written = store.batch(changes);
        buffer.fill("x");
        changes.push(put("b", "later"));
        await written;
        expect(await hexAt(store, "a")).toBe(hex("mine"));
        expect(await keysOf(store)).toEqual(["a"]);
      });

      test("gives a copy that the caller may change", async () => {
        await store.batch([put("a", "mine")]);
        (await store.get("a"))?.fill(0);
        for await (const [, value] of store.entries({ prefix: "" })) value.fill(0);
        expect(await hexAt(store, "a")).toBe(hex("mine"));
      });
    });

    describe("of batches", () => {
      test("applies changes one after another", async () => {
        await store.batch([put("a", "1"), put("a", "2"), del("b"), put("b", "3"), put("c", "4"), del("c")]);
        expect(await contentOf(store)).toEqual([
          ["a", "32"],
          ["b", "33"],
        ]);
      });

      test("takes no changes, and deletions of what is not there", async () => {
        await store.batch([]);
        await store.batch([del("nothing")]);
        expect(await keysOf(store)).toEqual([]);
      });

      test("applies all or none", async () => {
        await store.batch([put("a", "before")]);
        const unreadable: Change = {
          type: "put",
          key: "c",
          get value(): Uint8Array {
            throw new Error("no value");
          },
        };
        await expect(store.batch([put("a", "after"), put("b"), unreadable])).rejects.toThrow();
        expect(await contentOf(store)).toEqual([["a", hex("before")]]);
      });

      test("is never seen half applied", async () => {
        const pair = (value: string) => [put("pair/left", value), put("pair/right", value)];
        await store.batch(pair("0"));
        const writes = (async () => {
          for (let i = 1; i <= 50; i++) await store.batch(pair(String(i)));
        })();
        for (let i = 0; i < 50; i++) {
          const [left, right] = await contentOf(store, { prefix: "pair/" });
          expect(left?.[1]).toBe(right?.[1]);
        }
        await writes;
      });

      test("comes to the same as a map", async () => {
        const keyText = fc.stringMatching(/^[a-c]{1,2}(?:\/[a-c]{1,2}){0,2}$/);
        const change = fc.oneof(
          fc.record({
            type: fc.constant("put" as const),
            key: keyText,
            value: fc.uint8Array({ maxLength: 4 }),
          }),
          fc.record({ type: fc.constant("del" as const), key: keyText }),
        );
        await fc.assert(
          fc.asyncProperty(
            fc.array(fc.array(change, { maxLength: 6 }), { maxLength: 5 }),
            keyText,
            fc.option(keyText, { nil: undefined }),
            fc.option(fc.nat(5), { nil: undefined }),
            async (batches, prefix, after, limit) => {
              const own = await open();
              try {
                const model = new Map<string, string>();
                for (const batch of batches) {
                  await own.store.batch(batch);
                  for (const each of batch) {
                    if (each.type === "put") model.set(each.key, Buffer.from(each.value).toString("hex"));
                    else model.delete(each.key);
                  }
                }
                const sorted = [...model].toSorted(([a], [b]) => (a < b ? -1 : 1));
                expect(await contentOf(own.store)).toEqual(sorted);
                const range: Range = {
                  prefix,
                  ...(after === undefined ? {} : { after }),
                  ...(limit === undefined ? {} : { limit }),
                };
                const expected = sorted
                  .filter(([key]) => key.startsWith(prefix) && (after === undefined || key > after))
                  .slice(0, limit);
                expect(await contentOf(own.store, range)).toEqual(expected);
                expect(await keysOf(own.store, range)).toEqual(expected.map(([key]) => key));
              } finally {
                await own.store.close();
              }
            },
          ),
          { numRuns: 25 },
        );
      });
    });

    describe("of batches that expect something", () => {
      const expecting = (entries: Record<string, string | undefined>): Expectation =>
        new Map(
          Object.entries(entries).map(([key, value]) => [
            key,
            value === undefined ? undefined : bytes(value),
          ]),
        );
      const conflict = (at: string) => ({ name: "BeltError", code: "STORE_CONFLICT", at });
      beforeEach(() => store.batch([put("a", "1"), put("b", "2")]));

      test("applies them when it is so", async () => {
        await store.batch(
          [put("a", "3"), del("b"), put("c", "4")],
          expecting({ a: "1", b: "2", c: undefined }),
        );
        await store.batch([], expecting({ a: "3", b: undefined }));
        await store.batch([put("d")], expecting({}));
        expect(await contentOf(store)).toEqual([
          ["a", hex("3")],
          ["c", hex("4")],
          ["d", ""],
        ]);
      });

      test.each<[string, Record<string, string | undefined>, string]>([
        ["another value", { a: "1", b: "3" }, "b"],
        ["a longer value", { a: "11" }, "a"],
        ["an empty value", { a: "" }, "a"],
        ["nothing where there is something", { x: undefined, a: undefined }, "a"],
        ["something where there is nothing", { c: "4" }, "c"],
        ["an empty value where there is nothing", { c: "" }, "c"],
      ])("applies nothing when they expect %s", async (_what, expected, at) => {
        const before = await contentOf(store);
        const written = store.batch([put("a", "3"), del("b"), put("n")], expecting(expected));
        await expect(written).rejects.toMatchObject(conflict(at));
        expect(await contentOf(store)).toEqual(before);
        expect(store.trouble()).toBeUndefined();
      });

      test("applies one of those that were handed in at the same time, and the others that expect nothing of it", async () => {
        const claims = Array.from({ length: 8 }, (_, number) =>
          store.batch([put("claim", String(number)), put(`by/${number}`)], expecting({ claim: undefined })),
        );
        const others = Array.from({ length: 4 }, (_, number) => store.batch([put(`free/${number}`)]));
        const ends = await Promise.allSettled(claims);
        await Promise.all(others);
        expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
        for (const end of ends)
          if (end.status === "rejected") expect(end.reason).toMatchObject(conflict("claim"));
        expect(await keysOf(store, { prefix: "by/" })).toHaveLength(1);
        expect(await keysOf(store, { prefix: "free/" })).toHaveLength(4);
      });

      test("lets many count one number up, each of them once", async () => {
        const count = async (): Promise<void> => {
          for (;;) {
            const now = await store.get("number");
            const next = put("number", String(Number(Buffer.from(now ?? []).toString()) + 1));
            try {
              await store.batch([next], new Map([["number", now]]));
              return;
            } catch (error) {
              expect(error).toMatchObject(conflict("number"));
            }
          }
        };
        await Promise.all(Array.from({ length: 10 }, count));
        expect(await hexAt(store, "number")).toBe(hex("10"));
      });
    });

    describe("of keys in order", () => {
      const some = ["!", "a", "a/1", "a/10", "a/2", "a0", "b/", "b/x", "b0", "~"];
      beforeEach(() => store.batch(some.toReversed().map((key) => put(key, key))));

      test("gives them by their characters' codes", async () => {
        expect(await keysOf(store)).toEqual(some);
        expect((await contentOf(store)).map(([key]) => key)).toEqual(some);
      });

      test.each<[Range, string[]]>([
        [{ prefix: "a" }, ["a", "a/1", "a/10", "a/2", "a0"]],
        [{ prefix: "a/" }, ["a/1", "a/10", "a/2"]],
        [{ prefix: "b/" }, ["b/", "b/x"]],
        [{ prefix: "c" }, []],
        [{ prefix: "~" }, ["~"]],
        [{ prefix: "a/", after: "a/1" }, ["a/10", "a/2"]],
        [{ prefix: "a/", after: "a/15" }, ["a/2"]],
        [{ prefix: "a/", after: "a/2" }, []],
        [{ prefix: "a/", after: "" }, ["a/1", "a/10", "a/2"]],
        [{ prefix: "a/", after: "!" }, ["a/1", "a/10", "a/2"]],
        [{ prefix: "a/", after: "z" }, []],
        [{ prefix: "a/", limit: 2 }, ["a/1", "a/10"]],
        [{ prefix: "a/", limit: 0 }, []],
        [{ prefix: "a/", limit: 100 }, ["a/1", "a/10", "a/2"]],
        [{ prefix: "a/", after: "a/1", limit: 1 }, ["a/10"]],
        [{ prefix: "", after: "a/2", limit: 3 }, ["a0", "b/", "b/x"]],
      ])("gives those of %j", async (range, expected) => {
        expect(await keysOf(store, range)).toEqual(expected);
        const hexOf = (key: string): [string, string] => [key, hex(key)];
        expect(await contentOf(store, range)).toEqual(expected.map(hexOf));
      });

      test("pages through all of them with the last key of each page", async () => {
        const pages: string[][] = [];
        for (let after: string | undefined; ; ) {
          const page = await keysOf(store, {
            prefix: "",
            limit: 3,
            ...(after === undefined ? {} : { after }),
          });
          if (page.length === 0) break;
          pages.push(page);
          after = page.at(-1);
        }
        expect(pages.flat()).toEqual(some);
        expect(pages).toHaveLength(4);
      });

      test("has nothing between a prefix's keys and its end", () => {
        for (const key of some) expect(key < endOf("")).toBe(true);
        expect("a/\u007e\u007e" < endOf("a/")).toBe(true);
        expect("a0" < endOf("a/")).toBe(false);
      });
    });

    describe("of snapshots", () => {
      beforeEach(() => store.batch(["a", "b", "c", "d"].map((key) => put(key, "before"))));
      const changes = [put("a", "after"), del("b"), put("c", "after"), put("cc", "new"), del("d")];
      const before = ["a", "b", "c", "d"].map((key) => [key, hex("before")]);

      test("iterates over what there was when it began, whatever is written meanwhile", async () => {
        const seen: [string, string][] = [];
        for await (const [key, value] of store.entries({ prefix: "" })) {
          if (key === "a") await store.batch(changes);
          seen.push([key, Buffer.from(value).toString("hex")]);
        }
        expect(seen).toEqual(before);
        expect(await keysOf(store)).toEqual(["a", "c", "cc"]);
      });

      test("begins when it is called, not when it is first asked", async () => {
        const entries = store.entries({ prefix: "" });
        const keys = store.keys({ prefix: "" });
        await store.batch(changes);
        expect(
          await Array.fromAsync(entries, ([key, value]) => [key, Buffer.from(value).toString("hex")]),
        ).toEqual(before);
        expect(await Array.fromAsync(keys)).toEqual(["a", "b", "c", "d"]);
      });

      test("may delete while it iterates, and stop on the way", async () => {
        for await (const key of store.keys({ prefix: "" })) {
          await store.batch([del(key)]);
          if (key === "b") break;
        }
        expect(await keysOf(store)).toEqual(["c", "d"]);
      });

      test("several at a time do not disturb each other", async () => {
        const pairs: string[] = [];
        for await (const outer of store.keys({ prefix: "" })) {
          for await (const inner of store.keys({ prefix: "", limit: 2 })) pairs.push(outer + inner);
        }
        expect(pairs).toEqual(["aa", "ab", "ba", "bb", "ca", "cb", "da", "db"]);
      });
    });

    describe("that is closed", () => {
      test("says so to every use", async () => {
        await store.batch([put("a", "1")]);
        await store.close();
        await expect(store.get("a")).rejects.toMatchObject(closed);
        await expect(store.batch([put("b")])).rejects.toMatchObject(closed);
        await expect(store.batch([])).rejects.toMatchObject(closed);
        await expect((async () => keysOf(store))()).rejects.toMatchObject(closed);
        await expect((async () => contentOf(store))()).rejects.toMatchObject(closed);
      });

      test("says so to an iteration that was under way", async () => {
        await store.batch(Array.from({ length: 2_000 }, (_, index) => put(`k${index}`, "v".repeat(100))));
        const iteration = (async () => {
          for await (const _ of store.entries({ prefix: "" })) await store.close();
        })();
        await expect(iteration).rejects.toMatchObject(closed);
      });

      test("may be closed again", async () => {
        await store.close();
        await store.close();
      });
    });
  });
}

/** What every store besides does that outlasts its process. */
export function durableStoreCompliance(name: string, open: () => Promise<DurableStore>): void {
  storeCompliance(name, open);

  test(`${name} that is opened again has all that it had`, async () => {
    const { store, reopen } = await open();
    await store.batch([put("a", "1"), put("b", "2"), put("c")]);
    await store.batch([del("b"), put("d/x", "4")]);
    const again = await reopen();
    try {
      expect(await contentOf(again)).toEqual([
        ["a", "31"],
        ["c", ""],
        ["d/x", "34"],
      ]);
      await again.batch([put("a", "5")]);
      expect(await hexAt(again, "a")).toBe(hex("5"));
    } finally {
      await again.close();
    }
  });
}

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sha256, toHex } from "../../../pipeline/bytes.ts";
import { errorLine } from "../../support/command.ts";
import { runHere } from "../../support/commandHere.ts";
import { hash, ledgerSheet } from "../../support/memoryNode.ts";
import { serveMemoryNode } from "../../support/nodeFolder.ts";

const room = {
  offer: "sea-view",
  version: "1.0.0",
  product: "accommodation",
  title: { en: "A room with a view" },
  unit: { en: "room" },
};

async function served() {
  const node = await serveMemoryNode();
  const command = (...args: readonly string[]) => runHere(args, { folder: node.folder });
  /** Runs a command that must succeed and print JSON and nothing else. */
  const json = async (...args: readonly string[]): Promise<unknown> => {
    const { code, stdout, stderr } = await command(...args, "--json");
    expect([code, stderr]).toEqual([0, ""]);
    return JSON.parse(stdout);
  };
  const write = async (name: string, content: object) => {
    const bytes = content instanceof Uint8Array ? content : JSON.stringify(content);
    await writeFile(join(node.folder, name), bytes);
    return name;
  };
  return { ...node, command, json, write };
}

const publish = (file: string) =>
  ["offer", "publish", "--product", file, "--price", "40", "--deadline", "1d", "--capacity", "3"] as const;

describe("products", () => {
  it("are published from a file, and a new version takes the place of the former one", async () => {
    const { json, command, write, operations } = await served();
    const file = await write("room.json", room);
    const first = await json(...publish(file));
    expect(first).toEqual({
      ...{ offer: hash(JSON.stringify(room)), document: expect.stringMatching(/^0x/) },
      transaction: hash("transaction"),
    });
    expect((await operations.offers({ mine: true })).at(-1)).toMatchObject({
      ...{ kind: "product", name: "sea-view", price: "40", capacity: 3 },
    });
    const newer = await write("newer.json", { ...room, version: "1.1.0" });
    const { code, stdout } = await command(...publish(newer));
    expect(code).toBe(0);
    expect(stdout).toContain(`It takes the place of ${hash(JSON.stringify(room))}.`);
    expect(stdout).toContain("belt book --offer sea-view --from DATE --days N");
    expect((await command("offer", "list")).stdout).toMatch(/acme\/sea-view +product +1\.1\.0 +40/);
  });

  it("are published as what a product can be only", async () => {
    const { command, write } = await served();
    const file = await write("odd.json", { ...room, product: "palace" });
    const { code, stderr } = await command(...publish(file));
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(errorLine("OFFER_INVALID", "odd.json#/product")),
    ]);
    const none = await command("offer", "publish", "--price", "1", "--deadline", "1d");
    expect([none.code, none.stderr]).toEqual([2, expect.stringMatching(errorLine("USAGE_INVALID"))]);
  });

  it("are booked by the day", async () => {
    const { json, command, write } = await served();
    await json(...publish(await write("room.json", room)));
    const dates = ["--from", "2026-09-01", "--days", "7", "--units", "2"];
    expect(await json("book", "--offer", "sea-view", ...dates)).toEqual({
      ...{ offer: hash(JSON.stringify(room)), from: "2026-09-01", days: 7, units: 2, cost: "560" },
      ...{ sheet: expect.stringMatching(/^0x/), deadline: expect.any(String) },
      transaction: hash("transaction"),
    });
    const { stdout } = await command("book", "--offer", "acme/sea-view", "--from", "2026-09-01");
    expect(stdout).toContain("1 a day for 1 from 2026-09-01, cost 40.");
    expect((await command("book", "--offer", "sea-view", ...dates, "--dry-run")).stdout).toContain(
      "560 credit would be held in escrow.",
    );
  });

  it("need a date, and a belt its cases", async () => {
    const { json, command, write } = await served();
    await json(...publish(await write("room.json", room)));
    for (const args of [["--offer", "sea-view"], ["greeting"], []]) {
      const { code, stderr } = await command("book", ...args);
      expect([code, stderr], args.join()).toEqual([2, expect.stringMatching(errorLine("USAGE_INVALID"))]);
    }
    const odd = await command("book", "--offer", "sea-view", "--from", "2026-02-30");
    expect([odd.code, odd.stderr]).toEqual([2, expect.stringMatching(errorLine("INPUT_INVALID", "--from"))]);
  });
});

describe("a booked sheet", () => {
  const part = ledgerSheet.slice(0, 10);
  const rows: readonly (readonly [args: readonly string[], what: string, given: object])[] = [
    [["cancel", part], "cancel the sheet", {}],
    [["decline", part], "decline the rest", { station: 0 }],
    [["decline", part, "income"], "decline the rest", { station: "income" }],
    [["deliver", part], "report", { station: 0, notDone: [] }],
    [["deliver", part, "--not-done", "6,0-2,1"], "report", { station: 0, notDone: [6, 0, 1, 2] }],
    [["accept", part], "accept the report", {}],
    [["accept", part, "income", "3"], "accept the report", { stations: ["income", 3] }],
    [["resolve", part, "1"], "decide the dispute", { station: 1, refund: [] }],
    [["resolve", part, "income", "--refund", "3"], "decide the dispute", { station: "income", refund: [3] }],
  ];
  it.each(rows)("is changed by belt %s", async (args, what, given) => {
    const { json, operations, command } = await served();
    expect(await json(...args)).toEqual({ sheet: ledgerSheet, transaction: hash("transaction") });
    expect(operations.changed).toEqual([[what, { sheet: part, ...given }]]);
    expect((await command(...args, "--dry-run")).stdout).toContain(what);
    expect(operations.changed).toHaveLength(1);
    expect((await command(...args)).stdout).toContain(`See belt ledger bookings ${part}.`);
  });

  it("is disputed with the hash of what shows it", async () => {
    const { json, operations, write } = await served();
    // No text: what shows it may be a picture.
    const bytes = Buffer.from([0x89, 0xff, 0, 0xfe]);
    const file = await write("letter.png", bytes);
    await json("dispute", ledgerSheet, "income", "--cases", "3,7", "--evidence", file);
    expect(operations.changed).toEqual([
      [
        "dispute the cases",
        {
          ...{ sheet: ledgerSheet, station: "income", cases: [3, 7] },
          evidence: toHex(sha256(bytes)),
        },
      ],
    ]);
  });

  it("must be one, and its cases numbers", async () => {
    const { command } = await served();
    const unknown = await command("cancel", "0xffff");
    expect([unknown.code, unknown.stderr]).toEqual([
      3,
      expect.stringMatching(errorLine("NOT_FOUND", "<sheet>")),
    ]);
    for (const cases of ["x", "3-1", "1024", "1,,2", "-1"]) {
      const { code, stderr } = await command("deliver", part, `--not-done=${cases}`);
      expect([code, stderr], cases).toEqual([2, expect.stringMatching(errorLine("USAGE_INVALID"))]);
    }
    const odd = await command("cancel", "sheet");
    expect([odd.code, odd.stderr]).toEqual([2, expect.stringMatching(errorLine("INPUT_INVALID", "<sheet>"))]);
  });
});

import { afterEach, describe, expect, it } from "vitest";
import { errorOfAnswer } from "../../../nodes/problem.ts";
import { defineStation } from "../../../nodes/stations/index.ts";
import { mostItemBytes, mostTrayBytes } from "../../../pipeline/tray/index.ts";
import { closed } from "../../support/closed.ts";
import { Consortium } from "../../support/consortium.ts";
import { SteppingClock } from "../../support/steppingClock.ts";
import { until } from "../../support/until.ts";

const integer = { type: "integer" };
const text = { type: "string" };

/** Repeats a letter: outputs as large as one likes. */
const repeat = defineStation<{ n: number }, { text: string }>({
  name: "repeat",
  version: "1.0.0",
  input: closed({ n: integer }),
  output: closed({ text }),
  process: ({ n }) => ({ text: "x".repeat(n) }),
});

const measure = defineStation<{ text: string }, { size: number }>({
  name: "measure",
  version: "1.0.0",
  input: closed({ text }),
  output: closed({ size: integer }),
  process: ({ text }) => ({ size: text.length }),
});

const belt = {
  belt: "sizes",
  case: closed({ n: integer }),
  stations: {
    repeat: { offer: "north/repeat", needs: { "/n": "case#/n" } },
    measure: { offer: "south/measure", needs: { "/text": "repeat#/text" } },
  },
  result: { "/size": "measure#/size" },
};

const members = { shop: [], north: [repeat], south: [measure] };

let consortium: Consortium;
afterEach(async () => {
  await consortium.stop();
});

async function sizes(sheet: string): Promise<Record<number, unknown>> {
  const found: Record<number, unknown> = {};
  for await (const { receipt, fields } of consortium.engine("shop").cases.outcomes(sheet)) {
    if (receipt.station === "measure") found[receipt.case] = fields.get("/size") ?? receipt.status;
  }
  return found;
}

const ended = (sheet: string, count: number): Promise<unknown> =>
  until(
    async () => (await consortium.engine("shop").collector.progress(sheet)).get("measure")?.size === count,
  );

describe("large outputs", () => {
  it("travel on as many trays as they need, none larger than partners take", async () => {
    const largest: number[] = [];
    consortium = new Consortium({ members, network: ({ tray }) => void largest.push(tray.length) });
    await consortium.start();
    const id = await consortium.publish(belt, "shop");
    const cases = Array.from({ length: 12 }, () => ({ n: mostItemBytes - 100 }));
    const sheet = await consortium.book("shop", id, cases);
    await ended(sheet, cases.length);
    expect(Object.values(await sizes(sheet))).toEqual(cases.map(({ n }) => n));
    expect(Math.max(...largest)).toBeLessThanOrEqual(mostTrayBytes);
    expect(Math.max(...largest)).toBeGreaterThan(mostTrayBytes / 4);
  });

  it("fail their own case alone when no tray could carry them", async () => {
    consortium = new Consortium({ members });
    await consortium.start();
    const id = await consortium.publish(belt, "shop");
    const sheet = await consortium.book("shop", id, [{ n: 3 }, { n: mostItemBytes }, { n: 4 }]);
    await ended(sheet, 3);
    expect(await sizes(sheet)).toEqual({ 0: 3, 1: "blocked", 2: 4 });
  });
});

describe("a partner that cannot be sealed to", () => {
  it("holds up its own cases and nobody else's, until it has a profile again", async () => {
    const other = {
      ...belt,
      belt: "alone",
      stations: { repeat: belt.stations.repeat },
      result: { "/text": "repeat#/text" },
    };
    consortium = new Consortium({ members });
    await consortium.start();
    const through = await consortium.publish(belt, "shop");
    const alone = await consortium.publish(other, "shop");
    const south = consortium.member("south").address;
    const profile = consortium.ledger.profiles.get(south);
    if (profile === undefined) throw new Error("south has a profile");
    consortium.ledger.profiles.delete(south);
    const held = await consortium.book("shop", through, [{ n: 5 }]);
    await until(() => consortium.engine("north").load().unwritten === 1);
    const free = await consortium.book("shop", alone, [{ n: 6 }]);
    await until(
      async () => (await consortium.engine("shop").collector.progress(free)).get("repeat")?.size === 1,
    );
    expect(consortium.engine("north").load().unwritten).toBe(1);
    consortium.ledger.profiles.set(south, profile);
    await ended(held, 1);
    expect(await sizes(held)).toEqual({ 0: 5 });
  });
});

describe("a consumer that booked fewer cases than it sends", () => {
  it("has its trays refused", async () => {
    consortium = new Consortium({ members });
    await consortium.start("shop");
    const id = await consortium.publish(belt, "shop");
    const sheet = await consortium.book("shop", id, [{ n: 1 }, { n: 2 }]);
    const booked = consortium.ledger.sheets.get(sheet);
    if (booked === undefined) throw new Error("it is booked");
    consortium.ledger.sheets.set(sheet, { ...booked, count: 1 });
    const refused = new Promise<string>((resolve) => {
      consortium.member("shop").signals.on("refused", ({ problem }) => {
        if (problem.code !== "PARTNER_UNREACHABLE") resolve(problem.code);
      });
    });
    await consortium.start("north", "south");
    expect(await refused).toBe("MANIFEST_UNAVAILABLE");
    expect(await Array.fromAsync(consortium.member("north").store.keys({ prefix: "inbox/" }))).toEqual([]);
  });
});

describe("a member that is suspended", () => {
  it("has its trays refused until it is reinstated, and loses nothing", async () => {
    const refusals: string[] = [];
    const clock = new SteppingClock(Date.parse("2026-03-02T12:00:00Z"));
    consortium = new Consortium({ members, clock });
    await consortium.start();
    const id = await consortium.publish(belt, "shop");
    consortium.member("shop").signals.on("refused", ({ problem }) => void refusals.push(problem.code));
    const { profiles } = consortium.ledger;
    const shop = consortium.member("shop").address;
    const profile = profiles.get(shop) ?? expect.fail("shop has a profile");
    profiles.set(shop, { ...profile, active: false });
    const sheet = await consortium.book("shop", id, [{ n: 5 }]);
    await until(() => refusals.length > 0, { what: "the refusal" });
    expect(new Set(refusals)).toEqual(new Set(["TRAY_SENDER_UNKNOWN"]));
    expect(await Array.fromAsync(consortium.member("north").store.keys({ prefix: "inbox/" }))).toEqual([]);
    profiles.set(shop, profile);
    await clock.pass(120_000);
    await ended(sheet, 1);
    expect(await sizes(sheet)).toEqual({ 0: 5 });
  });
});

describe("a member that publishes another's signing key as its own", () => {
  it("keeps nobody's trays from arriving, and sends none in the other's name", async () => {
    consortium = new Consortium({ members });
    const { ledger } = consortium;
    const profile = ledger.profiles.get(consortium.member("north").address);
    if (profile === undefined) throw new Error("north has a profile");
    const others = [...ledger.profiles];
    ledger.profiles.clear();
    for (const [address, each] of [[`0x${"66".repeat(20)}`, profile] as const, ...others]) {
      ledger.profiles.set(address, each);
    }
    await consortium.start();
    const id = await consortium.publish(belt, "shop");
    const sheet = await consortium.book("shop", id, [{ n: 7 }]);
    await ended(sheet, 1);
    expect(await sizes(sheet)).toEqual({ 0: 7 });
  });
});

describe("a proxy before a partner's node that answers with pages of its own", () => {
  it("delays trays and has none given up", async () => {
    let answers = 0;
    consortium = new Consortium({
      members,
      network: ({ to }) => {
        if (to !== "shop" && answers++ < 4)
          throw errorOfAnswer(answers % 2 === 0 ? 404 : 413, undefined, undefined);
      },
    });
    await consortium.start();
    const id = await consortium.publish(belt, "shop");
    const sheet = await consortium.book("shop", id, [{ n: 5 }]);
    await ended(sheet, 1);
    expect(await sizes(sheet)).toEqual({ 0: 5 });
    expect(await Array.fromAsync(consortium.member("shop").store.keys({ prefix: "refused/" }))).toEqual([]);
  });
});

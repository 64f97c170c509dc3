import { afterEach, describe, expect, it } from "vitest";
import { defineStation, Unprocessable, type WorkContext } from "../../../nodes/stations/index.ts";
import { BeltError } from "../../../pipeline/errors.ts";
import { Consortium } from "../../support/consortium.ts";
import { until } from "../../support/until.ts";

interface Input {
  way: string;
}

/** Every attempt at every case, by what the case asks for. */
let attempts: Record<string, WorkContext[]>;

const text = { type: "object", properties: { way: { type: "string" } }, required: ["way"] };
const press = defineStation<Input, object>({
  name: "press",
  version: "1.0.0",
  input: text,
  output: { type: "object", properties: { pressed: { type: "string" } }, required: ["pressed"] },
  async process({ way }, context) {
    attempts[way] = [...(attempts[way] ?? []), context];
    if (way === "throws") throw new Error("The machine is broken for this one.");
    if (way === "passes" && context.attempt < 3) throw new Error("The machine had no oil.");
    if (way === "slow") throw new BeltError("STATION_TIMEOUT", "The work took too long.");
    if (way === "unknown") throw new Unprocessable("Nobody knows this one.");
    if (way === "refused") return { pressed: way, salary: 1 };
    if (way === "source") throw new BeltError("STATION_SOURCE_UNAVAILABLE", "The service is away.");
    return { pressed: way };
  },
});

const belt = {
  belt: "pressing",
  case: text,
  stations: { press: { offer: "north/press", needs: { "/way": "case#/way" } } },
  result: { "/pressed": "press#/pressed" },
};

let consortium: Consortium;
afterEach(async () => {
  await consortium.stop();
});

async function through(ways: readonly string[]): Promise<Record<string, readonly [string, number]>> {
  attempts = {};
  consortium = new Consortium({ members: { shop: [], north: [press] } });
  await consortium.start();
  const id = await consortium.publish(belt, "shop");
  const cases = ways.map((way) => ({ way }));
  const sheet = await consortium.book("shop", id, cases);
  const ended = await until(async () => {
    const statuses = (await consortium.engine("shop").collector.progress(sheet)).get("press");
    return statuses?.size === ways.length ? statuses : undefined;
  });
  await until(() => consortium.ledger.sheets.get(sheet)?.reports.size === 1);
  return Object.fromEntries(
    ways.map((way, number) => [way, [ended.get(number) ?? "", attempts[way]?.length ?? 0]]),
  );
}

describe("a case that fails", () => {
  it("is tried three times where another attempt may help, and then ends as failed; the others go on", async () => {
    expect(await through(["fine", "throws", "passes", "slow"])).toEqual({
      fine: ["done", 1],
      throws: ["failed", 3],
      passes: ["done", 3],
      slow: ["failed", 3],
    });
    expect(attempts["passes"]?.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    // So that the member's own systems recognise what they have carried out already.
    expect(new Set(attempts["passes"]?.map(({ key }) => key)).size).toBe(1);
  });

  it("is not tried again for what another attempt would not change", async () => {
    expect(await through(["unknown", "refused", "source"])).toEqual({
      unknown: ["unprocessable", 1],
      refused: ["failed", 1],
      source: ["failed", 1],
    });
  });

  it("is done by the others' side: they do not wait while it pauses", async () => {
    const ways = ["throws", ...Array.from({ length: 200 }, (_, n) => `fine ${n}`)];
    const ended = await through(ways);
    expect(ended["throws"]).toEqual(["failed", 3]);
    const last = (way: string) => attempts[way]?.at(-1)?.now ?? 0;
    expect(last("fine 199")).toBeLessThan(last("throws"));
  });
});

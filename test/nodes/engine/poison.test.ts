import { afterEach, describe, expect, it } from "vitest";
import { defineStation, Unprocessable, type WorkContext } from "../../../nodes/stations/index.ts";
import { type Change, MemoryStore, type Store } from "../../../nodes/store/index.ts";
import { BeltError } from "../../../pipeline/errors.ts";
import type { JsonObject } from "../../../pipeline/json.ts";
import { verifyFailure } from "../../../pipeline/tray/index.ts";
import { Consortium } from "../../support/consortium.ts";
import { keysOf } from "../../support/storeCompliance.ts";
import { until } from "../../support/until.ts";

interface Input {
  way: string;
}

/** Every attempt at every case, by what the case asks for. */
let attempts: Record<string, WorkContext[]>;
/** Whether the station has the defect that makes some cases too slow. */
let slow: boolean;

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
    if (way === "slow" && slow) throw new BeltError("STATION_TIMEOUT", "The work took too long.");
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

/** A store that takes long to keep a case in quarantine. */
class SlowStore extends MemoryStore {
  readonly asked = Promise.withResolvers<void>();
  readonly goesOn = Promise.withResolvers<void>();
  readonly kept = Promise.withResolvers<void>();

  override async batch(changes: readonly Change[]): Promise<void> {
    const holds = changes.some(({ type, key }) => type === "put" && key.startsWith("quarantine/"));
    if (holds) {
      this.asked.resolve();
      await this.goesOn.promise;
    }
    await super.batch(changes);
    if (holds) this.kept.resolve();
  }
}

async function book(
  ways: readonly string[],
  settings: JsonObject,
  { deadline, store }: { readonly deadline?: number | undefined; readonly store?: Store } = {},
): Promise<string> {
  attempts = {};
  slow = true;
  consortium = new Consortium({
    ...{ members: { shop: [], north: [press] }, settings },
    store: (name) => (name === "north" ? store : undefined) ?? new MemoryStore(),
  });
  await consortium.start();
  const id = await consortium.publish(belt, "shop");
  const cases = ways.map((way) => ({ way }));
  return consortium.book("shop", id, cases, deadline === undefined ? {} : { deadline });
}

const statusesOf = async (sheet: string): Promise<ReadonlyMap<number, string> | undefined> =>
  (await consortium.engine("shop").collector.progress(sheet)).get("press");

async function through(ways: readonly string[]): Promise<Record<string, readonly [string, number]>> {
  const sheet = await book(ways, { quarantineMs: 0 });
  const ended = await until(async () => {
    const statuses = await statusesOf(sheet);
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

describe("a case that hangs its station", () => {
  const quarantine = () => consortium.engine("north").quarantine;
  const hour = 3_600_000;

  /** Books three cases of which the middle one is held; resolves when the others are through. */
  async function held(quarantineMs = hour, deadline?: number): Promise<string> {
    const sheet = await book(["fine", "slow", "well"], { attempts: 2, quarantineMs }, { deadline });
    await until(() => quarantine().list().length === 1, { what: "the quarantine" });
    await until(async () => (await statusesOf(sheet))?.size === 2, { what: "the others" });
    return sheet;
  }
  const theOne = () => {
    const [one, ...others] = quarantine().list();
    expect(others).toEqual([]);
    return one ?? expect.unreachable("there is one");
  };
  const through = async (sheet: string) => {
    await until(() => consortium.ledger.sheets.get(sheet)?.reports.size === 1, { what: "the report" });
    await until(async () => (await statusesOf(sheet))?.size === 3, { what: "the last receipt" });
    return (await statusesOf(sheet))?.get(1);
  };

  it("is held, with a signed failure receipt, and not failed; the rest of its tray goes on", async () => {
    const sheet = await held();
    const one = theOne();
    expect(one).toMatchObject({ sheet, case: 1, station: "press", code: "STATION_TIMEOUT", attempts: 2 });
    expect(one.until - one.since).toBeGreaterThan(hour / 2 - 60_000);
    expect(quarantine().look(one.id).input).toEqual({ way: "slow" });
    const { address } = consortium.member("north");
    const signers = (kid: string) => {
      const signer = consortium.ledger.of(address).signer(kid);
      return signer?.members.includes(address) ? signer.key : undefined;
    };
    const failure = verifyFailure(one.receipt, signers);
    expect(failure).toMatchObject({ sheet, case: 1, station: "press", attempts: 2, rules: "1.0.0" });
    expect(JSON.stringify(failure)).not.toContain("slow");
    expect([...((await statusesOf(sheet)) ?? [])].toSorted()).toEqual([
      [0, "done"],
      [2, "done"],
    ]);
    expect(consortium.engine("north").load()).toMatchObject({ busy: 0, quarantined: 1 });
    expect(consortium.ledger.sheets.get(sheet)?.reports.size).toBe(0);
  });

  it("is done by a retry after the station was corrected", async () => {
    const sheet = await held();
    slow = false;
    await quarantine().retry(theOne().id);
    expect(await through(sheet)).toBe("done");
    expect(attempts["slow"]?.map(({ attempt }) => attempt)).toEqual([1, 2, 1]);
    expect(quarantine().list()).toEqual([]);
    expect(await keysOf(consortium.member("north").store, { prefix: "quarantine/" })).toEqual([]);
  });

  it("is held again when a retry does not help, after as many attempts", async () => {
    const sheet = await held();
    const { id, receipt } = theOne();
    await quarantine().retry(id);
    expect(quarantine().list()).toEqual([]);
    await until(() => quarantine().list().length === 1, { what: "the second quarantine" });
    expect(theOne().receipt).not.toBe(receipt);
    expect(attempts["slow"]?.length).toBe(4);
    expect((await statusesOf(sheet))?.size).toBe(2);
  });

  it("is failed when the operator rejects it, with the operator's words", async () => {
    const sheet = await held();
    const { id } = theOne();
    await quarantine().reject(id, "The form is damaged.");
    expect(await keysOf(consortium.member("north").store, { prefix: "quarantine/" })).toEqual([]);
    expect(await through(sheet)).toBe("failed");
    const outcomes = await Array.fromAsync(consortium.engine("shop").cases.outcomes(sheet));
    expect(outcomes.find(({ receipt }) => receipt.case === 1)?.reason).toBe("The form is damaged.");
    await expect(quarantine().retry(id)).rejects.toMatchObject({ code: "QUARANTINE_UNKNOWN" });
    await expect(quarantine().reject(id)).rejects.toMatchObject({ code: "QUARANTINE_UNKNOWN" });
  });

  it("is failed by itself when nobody decides within the time for that", async () => {
    const sheet = await held(400);
    expect(await through(sheet)).toBe("failed");
    expect(attempts["slow"]?.length).toBe(2);
  });

  it("is failed while there is still half of the time to report its sheet, however long it may be held", async () => {
    const sheet = await held(hour, Math.floor(Date.now() / 1000) + 4);
    const one = theOne();
    expect(one.until).toBeLessThan(one.since + 2_001);
    expect(await through(sheet)).toBe("failed");
  });

  it("stays held over a restart, and is not tried by it", async () => {
    const sheet = await held();
    const before = theOne();
    consortium.kill("north");
    await consortium.start("north");
    await until(() => quarantine().list().length === 1, { what: "the quarantine after the restart" });
    expect(theOne()).toEqual(before);
    expect(quarantine().look(before.id).input).toEqual({ way: "slow" });
    expect(attempts["slow"]?.length).toBe(2);
    slow = false;
    await quarantine().retry(before.id);
    expect(await through(sheet)).toBe("done");
  });

  it("is held by nobody when its sheet is closed while that is written", async () => {
    const store = new SlowStore();
    const sheet = await book(["slow"], { attempts: 1, quarantineMs: hour }, { store });
    await store.asked.promise;
    consortium.ledger.expire(sheet);
    store.goesOn.resolve();
    await store.kept.promise;
    await until(async () => (await keysOf(store, { prefix: "quarantine/" })).length === 0, {
      what: "no record",
    });
    expect(quarantine().list()).toEqual([]);
    expect(consortium.engine("north").load().quarantined).toBe(0);
  });

  it("can no longer be decided on once its sheet is closed", async () => {
    const sheet = await held();
    const { id } = theOne();
    consortium.ledger.expire(sheet);
    expect(quarantine().list()).toEqual([]);
    await expect(quarantine().retry(id)).rejects.toMatchObject({ code: "QUARANTINE_UNKNOWN" });
    const { store } = consortium.member("north");
    await until(async () => (await keysOf(store, { prefix: "quarantine/" })).length === 0, {
      what: "no record",
    });
    expect(attempts["slow"]?.length).toBe(2);
  });
});

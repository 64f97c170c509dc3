import { expect, test } from "vitest";
import { checkedStore, MemoryStore } from "../../../nodes/store/index.ts";
import { joinWorkers } from "../../../nodes/workers/index.ts";
import { beatKey, workerKey, writeBeat } from "../../../nodes/workers/records.ts";
import { usual } from "../../../nodes/workers/times.ts";
import { SteppingClock } from "../../support/steppingClock.ts";
import { until } from "../../support/until.ts";

const late = { url: "http://late", api: "http://late" };

const beatOf = (number: number) =>
  ({ type: "put", key: beatKey("late"), value: writeBeat({ number, at: late }) }) as const;

/** A store to which a beat comes just before the one it is of is taken for dead. */
class LastMoment extends MemoryStore {
  beats = 0;

  override async batch(...[changes, expected]: Parameters<MemoryStore["batch"]>): Promise<void> {
    const buries = changes.some(({ type, key }) => type === "del" && key.endsWith(beatKey("late")));
    if (buries) await beat(this, ++this.beats);
    await super.batch(changes, expected);
  }
}

/** As the other worker's own process has it in the store. */
const beat = (store: MemoryStore, number: number): Promise<void> =>
  checkedStore(store).batch([beatOf(number)]);

test("a worker that beats in the moment it is taken for dead stays one of the others", async () => {
  const clock = new SteppingClock(0);
  const below = new LastMoment();
  const store = checkedStore(below);
  await store.batch([{ type: "put", key: workerKey("late"), value: new Uint8Array() }]);
  await beat(below, 0);
  const abort = new AbortController();
  const warnings: unknown[] = [];
  const workers = await joinWorkers({
    ...{ store, clock, signal: abort.signal, times: usual, over: () => expect.fail() },
    log: { info: () => {}, warn: (what: unknown) => void warnings.push(what) },
  });
  await until(() => workers.others().length === 1);
  for (let second = 0; second < 60; second++) {
    await clock.pass(1_000);
    expect(workers.others()).toEqual([late]);
  }
  expect(below.beats).toBeGreaterThan(5);
  expect(warnings).toEqual([]);
  expect(await store.get(workerKey("late"))).toBeDefined();
  abort.abort();
});

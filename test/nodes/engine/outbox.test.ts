import { describe, expect, test } from "vitest";
import { createSignals } from "../../../nodes/engine/index.ts";
import { createOutbox, type Outbox, type OutgoingTray } from "../../../nodes/engine/outbox.ts";
import { MemoryStore } from "../../../nodes/store/index.ts";
import { BeltError } from "../../../pipeline/errors.ts";
import { signAcknowledgement, trayHash } from "../../../pipeline/tray/index.ts";
import { byName, bySigningKey, membersOf } from "../../sim/members.ts";
import { Process } from "../../sim/process.ts";
import { Random } from "../../sim/random.ts";
import { Time } from "../../sim/time.ts";

const members = membersOf(2);
const south = byName(members, "south");
const start = Date.UTC(2026, 0, 5, 9);
const [second, hour] = [1_000, 3_600_000];

const tray = (number: number, size = 100): OutgoingTray => ({
  ...{ to: south.address, sheet: `0x${"01".repeat(32)}`, edge: "case>a", tray: number },
  bytes: Buffer.alloc(size, `tray ${number}.`),
});

/** What a partner answers to a tray; nothing when it takes it. */
type Answer = (number: number) => BeltError | undefined;

/** An outbox in simulated time, and all that was sent from it. */
class Bench {
  readonly time = new Time(start);
  readonly store = new MemoryStore();
  readonly sent: { at: number; tray: number }[] = [];
  readonly delivered = new Set<number>();
  skew = 0;
  /** Whether the trays' sheet is closed. */
  expired = false;
  /** Why the ledger is followed no more. */
  lost: string | undefined;
  answer: Answer = () => undefined;
  readonly outbox: Outbox;
  readonly stop = new AbortController();
  readonly ended: Promise<void>;

  constructor({ seed = "1", mostBytes }: { seed?: string; mostBytes?: number } = {}) {
    const random = new Random(seed);
    const { time, store } = this;
    const { clock } = new Process({ time, random, skew: () => this.skew, passing: () => {} });
    this.outbox = createOutbox({
      ...{ store, clock, signals: createSignals(), random: () => random.fraction() },
      ...(mostBytes === undefined ? {} : { mostBytes }),
      ledger: {
        trouble: () => (this.lost === undefined ? undefined : { reason: this.lost, lasting: true }),
        sheet: (sheet) => ({
          ...{ sheet, root: "", count: 1, consumer: "", belt: undefined, deadline: 1 },
          ...{ offers: [], reported: new Map(), expired: this.expired },
        }),
        partner: () => south.partner,
        signer: (kid) => {
          const member = bySigningKey(members, kid);
          return member && { key: member.keys.verifying, members: [member.address] };
        },
      },
      transport: {
        deliver: (_url, bytes) => new Promise((resolve, reject) => this.#take(bytes, resolve, reject)),
      },
    });
    this.ended = this.outbox.run(this.stop.signal);
  }

  /** A partner's answer takes ten milliseconds. */
  #take(bytes: Uint8Array, resolve: (text: string) => void, reject: (error: BeltError) => void): void {
    const [, number = ""] = /^tray (\d+)\./.exec(Buffer.from(bytes).toString("latin1")) ?? [];
    const { sheet, edge } = tray(0);
    const name = { sheet, edge, tray: Number(number) };
    this.sent.push({ at: this.time.now - start, tray: name.tray });
    this.time.after(10, () => {
      const problem = this.answer(name.tray);
      if (problem !== undefined) {
        reject(problem);
        return;
      }
      this.delivered.add(name.tray);
      const acknowledgement = {
        ...name,
        by: south.address,
        hash: trayHash(bytes),
        at: Math.floor(this.time.now),
      };
      resolve(signAcknowledgement(acknowledgement, south.self.signer));
    });
  }

  async send(trays: readonly OutgoingTray[]): Promise<void> {
    await this.store.batch(this.outbox.changes(trays));
    this.outbox.send(trays);
  }

  async passes(milliseconds: number): Promise<void> {
    const until = this.time.now + milliseconds;
    await this.time.run(() => false, until);
    this.time.now = until;
  }

  gaps(): number[] {
    return this.sent.slice(1).map(({ at }, place) => at - (this.sent[place]?.at ?? 0));
  }
}

const away: Answer = () => new BeltError("PARTNER_UNREACHABLE", "The partner's node does not answer.");
const many = (count: number, size?: number): OutgoingTray[] =>
  Array.from({ length: count }, (_, number) => tray(number, size));

describe("a node that", () => {
  test("cannot write sends nothing, which it would send again and again, and goes on when it can", async () => {
    const bench = new Bench();
    await bench.store.batch(bench.outbox.changes(many(3)));
    let full = true;
    bench.store.trouble = () =>
      full ? new BeltError("STORE_FAILED", "No space left on device.") : undefined;
    bench.outbox.send(many(3));
    await bench.passes(hour);
    expect(bench.sent).toEqual([]);
    full = false;
    await bench.passes(60 * second);
    expect(bench.delivered.size).toBe(3);
  });

  test("follows its ledger no more sends nothing", async () => {
    const bench = new Bench();
    bench.lost = "It is another ledger.";
    await bench.send(many(3));
    await bench.passes(hour);
    expect(bench.sent).toEqual([]);
  });
});

describe("a partner that is away", () => {
  test("for a day is asked now and then, however many trays wait for it, and has them all once it is back", async () => {
    const bench = new Bench();
    bench.answer = away;
    await bench.send(many(300));
    await bench.passes(24 * hour);
    // Every 15 to 30 seconds, at the ceiling.
    expect(bench.sent.length).toBeGreaterThan(2_880);
    expect(bench.sent.length).toBeLessThan(6_000);
    expect(Math.max(...bench.gaps())).toBeLessThanOrEqual(30 * second + 10);
    bench.answer = () => undefined;
    await bench.passes(60 * second);
    expect(bench.delivered.size).toBe(300);
    expect(bench.outbox.waiting()).toBe(0);
    expect(await Array.fromAsync(bench.store.keys({ prefix: "" }))).toEqual([]);
  });

  test("until its sheet is closed is sent nothing of it any more, and nothing of it is kept", async () => {
    const bench = new Bench();
    bench.answer = away;
    await bench.send(many(3));
    await bench.passes(hour);
    const before = bench.sent.length;
    bench.expired = true;
    bench.answer = () => undefined;
    await bench.passes(hour);
    expect(bench.sent).toHaveLength(before);
    expect(bench.outbox.waiting()).toBe(0);
    expect(await Array.fromAsync(bench.store.keys({ prefix: "" }))).toEqual([]);
  });

  test("is asked less and less often, and not by all at the same time", async () => {
    const [one, other] = [new Bench({ seed: "one" }), new Bench({ seed: "other" })];
    for (const bench of [one, other]) {
      bench.answer = away;
      await bench.send(many(3));
      await bench.passes(20 * second);
      const gaps = bench.gaps();
      for (const [place, gap] of gaps.entries()) {
        expect(gap - 10).toBeGreaterThanOrEqual(100 * 2 ** place * 0.5);
        expect(gap - 10).toBeLessThan(100 * 2 ** place);
      }
    }
    expect(one.gaps()).not.toEqual(other.gaps());
  });

  test("takes no more memory than it may, and has the trays from the disk", async () => {
    const bench = new Bench({ mostBytes: 1_000 });
    const read: string[] = [];
    const { get } = bench.store;
    bench.store.get = (key) => {
      read.push(key);
      return get.call(bench.store, key);
    };
    bench.answer = away;
    await bench.send(many(25));
    bench.answer = () => undefined;
    await bench.passes(60 * second);
    expect(bench.delivered.size).toBe(25);
    // Ten have room in memory; the bytes of the others are read when their turn comes.
    expect(new Set(read).size).toBe(15);
    await bench.send([tray(25)]);
    await bench.passes(second);
    expect(bench.delivered.size).toBe(26);
    expect(new Set(read).size).toBe(15);
  });

  test("is asked again in time though the clock is set back by an hour", async () => {
    const bench = new Bench();
    bench.answer = away;
    await bench.send(many(1));
    await bench.passes(120 * second);
    bench.answer = () => undefined;
    bench.skew = -hour;
    await bench.passes(31 * second);
    expect(bench.delivered.size).toBe(1);
  });
});

describe("a partner that is busy", () => {
  test("is left alone as long as it says, by all trays", async () => {
    const bench = new Bench();
    bench.answer = () => new BeltError("OVERLOADED", "More cases wait than it takes.", { retryAfter: 7 });
    await bench.send(many(20));
    await bench.passes(60 * second);
    expect(bench.sent.length).toBeGreaterThanOrEqual(6);
    for (const gap of bench.gaps()) expect(gap).toBeGreaterThanOrEqual(7 * second);
    for (const gap of bench.gaps()) expect(gap).toBeLessThan(9 * second);
  });

  test("that says to come back at once is not asked without end", async () => {
    const bench = new Bench();
    bench.answer = () => new BeltError("OVERLOADED", "It may be over by now.", { retryAfter: 0 });
    await bench.send(many(20));
    await bench.passes(10 * second);
    expect(bench.sent.length).toBeLessThanOrEqual(100);
  });
});

test("a partner that cannot take a tray for hours is asked less and less often, whatever time it names", async () => {
  const bench = new Bench();
  bench.answer = () =>
    new BeltError("MANIFEST_UNAVAILABLE", "No node gives the manifest.", { retryAfter: 1 });
  await bench.send(many(1));
  await bench.passes(hour);
  expect(bench.sent.length).toBeLessThan(260);
  expect(Math.min(...bench.gaps())).toBeGreaterThanOrEqual(second);
  expect(Math.max(...bench.gaps())).toBeLessThanOrEqual(30 * second + 10);
});

test("a tray that its partner cannot take yet holds up no other", async () => {
  const bench = new Bench();
  bench.answer = (number) =>
    number % 2 === 0 ? new BeltError("SHEET_UNKNOWN", "It does not know the booking yet.") : undefined;
  await bench.send(many(100));
  await bench.passes(2 * second);
  expect(bench.delivered.size).toBe(50);
  bench.answer = () => undefined;
  await bench.passes(5 * second);
  expect(bench.delivered.size).toBe(100);
});

test("a tray that something before its partner refuses holds up the others for a moment alone", async () => {
  const bench = new Bench();
  bench.answer = (number) =>
    number === 0 ? new BeltError("PARTNER_REFUSED", "The partner answered 403.") : undefined;
  await bench.send(many(50));
  await bench.passes(2 * second);
  expect(bench.delivered.size).toBe(49);
});

describe("what a partner has acknowledged", () => {
  const kept = async (bench: Bench): Promise<number> =>
    (await Array.fromAsync(bench.store.keys({ prefix: "outbox/" }))).length;

  test("is deleted a moment later, all of it at once, and the next tray does not wait for that", async () => {
    const bench = new Bench();
    let writes = 0;
    await bench.send(many(3));
    const batch = bench.store.batch.bind(bench.store);
    bench.store.batch = (changes) => {
      writes++;
      return batch(changes);
    };
    await bench.passes(150);
    expect([bench.delivered.size, bench.outbox.waiting(), await kept(bench)]).toEqual([3, 0, 3]);
    await bench.passes(250);
    expect([writes, await kept(bench)]).toEqual([1, 0]);
  });

  test("is deleted once there are four, however soon the process ends", async () => {
    const bench = new Bench();
    await bench.send(many(10));
    await bench.passes(150);
    expect([bench.delivered.size, bench.outbox.waiting()]).toEqual([10, 0]);
    expect(await kept(bench)).toBeLessThan(4);
  });

  test("is deleted once the store takes it, however long that fails, and is not sent again", async () => {
    const bench = new Bench();
    await bench.send(many(3));
    const batch = bench.store.batch.bind(bench.store);
    bench.store.batch = () => Promise.reject(new BeltError("STORE_FAILED", "The disk is full."));
    await bench.passes(hour);
    await bench.outbox.takeUp(() => true);
    expect([await kept(bench), bench.sent.length, bench.outbox.waiting()]).toEqual([3, 3, 0]);
    bench.store.batch = batch;
    await bench.passes(second);
    expect(await kept(bench)).toBe(0);
  });

  test("is deleted before the outbox has stopped", async () => {
    const bench = new Bench();
    await bench.send(many(2));
    await bench.passes(30);
    expect([bench.delivered.size, await kept(bench)]).toEqual([2, 2]);
    bench.stop.abort();
    await bench.passes(0);
    await bench.ended;
    expect(await kept(bench)).toBe(0);
  });
});

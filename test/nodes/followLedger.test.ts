import pino from "pino";
import { expect, test } from "vitest";
import type { LedgerNews } from "../../nodes/engine/index.ts";
import { followLedger } from "../../nodes/followLedger.ts";
import type { LedgerChange } from "../../nodes/ledger/index.ts";

test("the engine is told whether blocks were taken back, also when nothing came instead", async () => {
  const told: LedgerNews[] = [];
  async function* changes(): AsyncGenerator<LedgerChange> {
    yield { rolledBackTo: undefined, events: [], head: undefined };
    yield { rolledBackTo: -1, events: [], head: undefined };
  }
  const engine = { ledgerChanged: (news: LedgerNews) => void told.push(news) };
  const openSheets = { heard: () => {} };
  await followLedger(
    changes(),
    { engine, openSheets, log: pino({ enabled: false }), lost: () => expect.fail() },
    new AbortController().signal,
  );
  const nothing = { booked: [], closed: [], moved: [] };
  expect(told).toEqual([
    { takenBack: false, ...nothing },
    { takenBack: true, ...nothing },
  ]);
});

test("who waits for the ledger is told when it can be followed no longer, and not when the node stops", async () => {
  async function* changes(): AsyncGenerator<LedgerChange> {
    yield await Promise.reject(new Error("another ledger"));
  }
  const parts = { openSheets: { heard: () => {} }, log: pino({ enabled: false }) };
  const lost: string[] = [];
  const told = { ...parts, engine: { ledgerChanged: () => {} }, lost: (why: string) => void lost.push(why) };
  await followLedger(changes(), told, AbortSignal.abort());
  expect(lost).toEqual([]);
  await followLedger(changes(), told, new AbortController().signal);
  expect(lost).toEqual(["This worker no longer follows the ledger."]);
});

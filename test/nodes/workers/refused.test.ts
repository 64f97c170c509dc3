import { encodeBytes32String, ZeroHash } from "ethers";
import { expect, onTestFinished, test } from "vitest";
import { interfaces } from "../../../nodes/ledger/contracts.ts";
import { checkedStore, openPostgresStore } from "../../../nodes/store/index.ts";
import { publish } from "../../support/machines.ts";
import { withPostgres } from "../../support/postgres.ts";
import { keysOf } from "../../support/storeCompliance.ts";
import { until } from "../../support/until.ts";
import { startProxy } from "../ledger/rpcProxy.ts";
import { belt, doneOf, leadIn, useDoubles } from "./doubles.ts";

const postgres = withPostgres();
const doubles = useDoubles();

test("a worker that cannot read the ledger any more leaves the lead and its sheets to the other, and says why", async () => {
  const { machines, shop } = doubles;
  const store = await postgres.place();
  const north = machines.member("north");
  const proxy = await startProxy(machines.chain.url);
  onTestFinished(() => proxy.stop());
  const kept = checkedStore(await openPostgresStore(store));
  onTestFinished(() => kept.close());
  const startWorker = (ledger: string, port: number) =>
    north.serve({
      args: ["--listen-port", String(port), "--api-port", "0", "--log-level", "warn"],
      env: { BELT_STORE: store, BELT_LEDGER_URL: ledger },
    });
  const sick = await startWorker(proxy.url, north.port);
  const healthy = await startWorker(machines.chain.url, 0);
  const leadIsAt = async (url: string) => (await leadIn(kept))?.url === url;
  await until(() => leadIsAt(sick.url), { what: "the lead of the worker that came first" });
  await publish(north.operations(sick), ["double"], belt);
  const consumer = shop.operations;
  await until(async () => (await consumer.belts()).some(({ name }) => name === "doubles"));
  const sheets: string[] = [];
  for (let first = 0; first < 24; first += 4) {
    const cases = Array.from({ length: 4 }, (_, n) => ({ n: first + n }));
    sheets.push((await consumer.book({ belt: "doubles", cases, deadlineSeconds: 600 })).sheet);
  }
  await until(async () => (await keysOf(kept, { prefix: "inbox/" })).length === sheets.length);

  const { directory } = machines.deployment;
  const { topics } = interfaces.Directory.encodeEventLog("AddressSet", [
    encodeBytes32String("Offers"),
    directory,
  ]);
  const place = { blockNumber: "0x1", blockHash: ZeroHash, transactionHash: ZeroHash, logIndex: "0x0" };
  proxy.change = ({ method }, answer) => {
    // An event of the directory without the address that it is about.
    if (method === "eth_getLogs") answer.result = [{ ...place, address: directory, topics, data: "0x" }];
  };
  // What is booked now is news of the ledger.
  const last = await consumer.book({ belt: "doubles", cases: [{ n: 24 }], deadlineSeconds: 600 });
  await until(() => leadIsAt(healthy.url), { what: "the lead of the other worker" });
  await doubles.release();
  const ended = () => doneOf(shop, [...sheets, last.sheet]);
  await until(async () => (await ended()) === 25, { what: "the end of all cases" });
  expect(await keysOf(kept, { prefix: "receipt/" })).toHaveLength(25);
  // It is there still, for its operator to look at, and hands on what comes to it.
  const reasons = async () => (await north.operations(sick).status()).reasons;
  await until(async () => (await reasons()).some((reason) => reason.startsWith("LEDGER_EVENT_INVALID")), {
    what: "why the first worker does nothing",
  });
  await until(async () => (await north.operations(healthy).status()).ready);
});

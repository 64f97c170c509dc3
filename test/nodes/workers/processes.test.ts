import { expect, onTestFinished, test } from "vitest";
import { openLedgerReader } from "../../../nodes/ledger/index.ts";
import { checkedStore, openPostgresStore } from "../../../nodes/store/index.ts";
import { headOf } from "../../../pipeline/index/index.ts";
import { withPostgres } from "../../support/postgres.ts";
import { keysOf } from "../../support/storeCompliance.ts";
import { TcpProxy } from "../../support/tcpProxy.ts";
import { until } from "../../support/until.ts";
import { belt, doneOf, leadIn, useDoubles } from "./doubles.ts";

const postgres = withPostgres();
const doubles = useDoubles();

test("a worker that is killed in the middle of its work leaves all of it to the other, and nothing is done twice", async () => {
  const { machines, shop } = doubles;
  const store = await postgres.place();
  const north = machines.member("north");
  const proxy = await TcpProxy.to(0, { at: north.port });
  onTestFinished(() => proxy.close());
  const startWorker = async () => {
    const args = ["--listen-port", "0", "--api-port", "0", "--log-level", "warn"];
    const worker = await north.serve({ args, env: { BELT_STORE: store } });
    return { ...worker, client: north.operations(worker) };
  };
  const consumer = shop.operations;
  const workers = await Promise.all([startWorker(), startWorker()]);
  const kept = checkedStore(await openPostgresStore(store));
  onTestFinished(() => kept.close());
  const at = await until(() => leadIn(kept));
  const lead = workers.find((worker) => worker.url === at.url) ?? expect.fail();
  const other = workers.find((worker) => worker !== lead) ?? expect.fail();
  proxy.target = Number(new URL(other.url).port);

  // What writes on the ledger is the lead's to do, and any worker can be asked for it.
  const terms = { price: 1, deadlineSeconds: 120, capacity: 1_000, validDays: 30 };
  await until(() => other.client.publishOffer({ station: "double", ...terms }));
  await until(async () => (await consumer.offers({ mine: false })).some(({ name }) => name === "double"));
  await consumer.publishBelt(belt);
  const cases = Array.from({ length: 8 }, (_, n) => ({ n }));
  const sheets: string[] = [];
  for (let number = 0; number < 6; number++) {
    const numbered = cases.map(({ n }) => ({ n: n + 100 * number }));
    sheets.push((await consumer.book({ belt: "doubles", cases: numbered, deadlineSeconds: 600 })).sheet);
  }
  const ended = () => doneOf(shop, sheets);
  await until(async () => (await ended()) === 24, { what: "the end of the cases that are not held up" });
  lead.child.kill("SIGKILL");
  await lead.ended;
  // Until that is noticed, what is the lead's to do is asked for again.
  await expect(other.client.offers({ mine: true })).rejects.toMatchObject({ code: "WORKER_ELSEWHERE" });
  await doubles.release();

  await until(async () => (await ended()) === 48, { what: "the end of all cases" });
  const { chain, deployment } = machines;
  const reader = await openLedgerReader({ url: chain.url, directory: deployment.directory });
  onTestFinished(() => reader.close());
  await until(() => [...reader.view.sheets.values()].every(({ reports }) => reports[0] !== undefined));
  for (const sheet of reader.view.sheets.values()) expect(sheet.count).toBe(8);
  expect(await keysOf(kept, { prefix: "receipt/" })).toHaveLength(48);
  expect(Buffer.from((await kept.get("log/size")) ?? []).toString()).toBe("48");
  await until(() => headOf(reader.view, north.identity.address)?.size === 48);
  await until(async () => (await other.client.status()).ready);
});

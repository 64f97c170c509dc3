import { pino } from "pino";
import { Registry } from "prom-client";
import { describe, expect, it, onTestFinished } from "vitest";
import { createApiClient, DryRun, Problem, startApi, type Transaction } from "../../../nodes/api/index.ts";
import { BeltError } from "../../../pipeline/errors.ts";
import { hash, memoryNode, transaction } from "../../support/memoryNode.ts";
import { until } from "../../support/until.ts";

const token = "t".repeat(43);

async function start({ patience = 5_000, heartbeat = 15_000 } = {}) {
  const operations = memoryNode();
  const logged: string[] = [];
  const log = pino({ level: "error" }, { write: (line: string) => void logged.push(line) });
  const api = await startApi({
    ...{ operations, token, log, patience, heartbeat, host: "127.0.0.1", port: 0, version: "0.1.0" },
    ...{ requestBytes: 65_536, registry: new Registry() },
  });
  onTestFinished(() => api.close());
  const ask = (method: string, path: string, body?: unknown, accept = "application/json") =>
    fetch(api.url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, accept, "content-type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
    });
  return { api, operations, logged, ask, client: createApiClient({ url: api.url, token }) };
}

const booking = { belt: "greeting", cases: [{ name: "Ann" }, { name: "Bo" }] };

/** Follows a writing, and gives the states that were told of it. */
function following() {
  const told: Transaction[] = [];
  return {
    told,
    states: () => told.map(({ state }) => state),
    onTransaction: (each: Transaction) => void told.push(each),
  };
}

describe("a dry run", () => {
  it("of every writing says what it would take, and does nothing", async () => {
    const { ask, operations } = await start();
    const before = await operations.offers({ mine: false });
    const offer = { station: "greet", price: "1", deadlineSeconds: 60 };
    const rows = [
      ["POST", "/v1/sheets", booking, "4"],
      ["POST", "/v1/offers", offer, "0"],
      ["DELETE", `/v1/offers/${before[0]?.offer}`, undefined, "0"],
    ] as const;
    for (const [method, path, body, escrow] of rows) {
      const response = await ask(method, `${path}?dryRun=true`, body);
      expect(response.status).toBe(200);
      const found = DryRun.parse(await response.json());
      expect(found).toMatchObject({ escrow, transactions: [{ already: false, gas: "50000" }] });
    }
    expect(await operations.sheets()).toEqual([]);
    expect(await operations.offers({ mine: false })).toEqual(before);
  });

  it("is refused as the writing would be", async () => {
    const { ask, client } = await start();
    const wrong = { belt: "greeting", cases: [{ name: "Ann" }, {}] };
    const response = await ask("POST", "/v1/sheets?dryRun=true", wrong);
    expect(Problem.parse(await response.json())).toMatchObject({ code: "CASE_INVALID", at: "/cases/1/name" });
    await expect(client.book.dryRun(wrong)).rejects.toMatchObject({ code: "CASE_INVALID" });
    for (const query of ["dryRun=yes", "dryrun=true"]) {
      const refused = await ask("POST", `/v1/sheets?${query}`, booking);
      expect(Problem.parse(await refused.json())).toMatchObject({ code: "INPUT_INVALID", at: /^query / });
    }
  });

  it("is the same through the client", async () => {
    const { client, operations } = await start();
    expect(await client.book.dryRun(booking)).toEqual(await operations.book.dryRun(booking));
    expect(await client.sheets()).toEqual([]);
  });
});

describe("a writing that is followed", () => {
  it("tells how its transactions get on, before it answers", async () => {
    const { client, operations } = await start();
    operations.course = [
      { state: "signed" },
      { state: "sent" },
      { state: "dropped" },
      { state: "sent", resends: 1 },
      { state: "sent", resends: 1, attempts: 2 },
      { state: "mined", block: 7 },
      { state: "final", block: 7 },
    ];
    const { told, onTransaction } = following();
    const { sheet } = await client.book(booking, { onTransaction });
    expect(told).toEqual(operations.course.map((step) => ({ ...transaction, ...step })));
    expect((await client.sheet(sheet)).count).toBe(2);
  });

  it("tells each as it happens", async () => {
    const { ask, operations } = await start();
    const mined = Promise.withResolvers<void>();
    operations.withdrawOffer = Object.assign(
      async (id: string, { onTransaction }: { onTransaction?: (each: Transaction) => void } = {}) => {
        onTransaction?.({ ...transaction, state: "sent" });
        await mined.promise;
        onTransaction?.({ ...transaction, state: "final", block: 8 });
        return { offer: id, transaction: transaction.hash };
      },
      { dryRun: operations.withdrawOffer.dryRun },
    );
    const response = await ask("DELETE", `/v1/offers/${hash("offer")}`, undefined, "text/event-stream");
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    let text = "";
    const reading = (async () => {
      for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) text += part;
    })();
    await until(() => text.includes('"state":"sent"'));
    expect(text).not.toContain("event: end");
    mined.resolve();
    await reading;
    expect(text.match(/^event: \w+$/gm)).toEqual(["event: transaction", "event: transaction", "event: end"]);
  });

  it("does not wait for ever for what is not final", async () => {
    const { client, operations } = await start({ patience: 20 });
    operations.course = [{ state: "signed" }, { state: "mined", block: 7 }];
    const { states, onTransaction } = following();
    expect(await client.book(booking, { onTransaction })).toMatchObject({ count: 2 });
    expect(states()).toEqual(["signed", "mined"]);
  });

  it("that is refused says why, and the log says nothing", async () => {
    const { client, logged } = await start();
    const { states, onTransaction } = following();
    const refused = client.book({ ...booking, maxCost: 1 }, { onTransaction });
    await expect(refused).rejects.toMatchObject({
      code: "OVERLOADED",
      message: "The booking costs too much.",
    });
    expect([states(), logged]).toEqual([[], []]);
  });

  it("goes on when whoever follows it has gone", async () => {
    const { ask, operations } = await start();
    const gone = Promise.withResolvers<void>();
    const done = Promise.withResolvers<string>();
    operations.withdrawOffer = Object.assign(
      async (id: string) => {
        await gone.promise;
        done.resolve(id);
        return { offer: id, transaction: transaction.hash };
      },
      { dryRun: operations.withdrawOffer.dryRun },
    );
    const response = await ask("DELETE", `/v1/offers/${hash("offer")}`, undefined, "text/event-stream");
    await response.body?.cancel();
    gone.resolve();
    expect(await done.promise).toBe(hash("offer"));
  });
});

it("lists the transactions that are not final, with what the ledger's node said", async () => {
  const { client, operations } = await start();
  expect(await client.transactions()).toEqual([]);
  const words = new BeltError("LEDGER_CALL_FAILED", "The ledger's node refused it: too cheap");
  const { code, message: detail, remedy, retryable } = words;
  const problem = { type: `urn:belt:error:${code}`, title: "Ledger call failed", status: 502 };
  operations.underWay.push({
    ...{ ...transaction, state: "dropped", resends: 3 },
    problem: { ...problem, code, detail, remedy, retryable },
  });
  expect(await client.transactions()).toEqual(operations.underWay);
});

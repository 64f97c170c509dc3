import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CallRefused, openRpc, type Rpc } from "../../../nodes/ledger/rpc.ts";
import { Small } from "../../../nodes/ledger/wire.ts";

let server: Server;
let url: string;
let bodies: unknown[];
let headers: IncomingMessage["headers"];
/** What the server does with a request; by default every call is answered with its id. */
let answer: (body: unknown, response: ServerResponse) => void;
let ending: AbortController;

const echo = (body: unknown): unknown =>
  Array.isArray(body)
    ? body.map(echo)
    : { jsonrpc: "2.0", id: Object(body).id, result: `0x${Object(body).id}` };

beforeEach(async () => {
  bodies = [];
  ending = new AbortController();
  answer = (body, response) => response.end(JSON.stringify(echo(body)));
  server = createServer(async (request, response) => {
    headers = request.headers;
    const body = await json(request);
    bodies.push(body);
    answer(body, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  ending.abort();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const open = (options: object = {}): Rpc => openRpc({ url, signal: ending.signal, ...options });
const says = (text: string, status = 200, more: Record<string, string> = {}) => {
  answer = (_, response) => response.writeHead(status, more).end(text);
};

describe("calls", () => {
  it("that are made together travel together, in parts of 50", async () => {
    const rpc = open();
    const answers = await Promise.all(Array.from({ length: 120 }, () => rpc.call(Small, "eth_blockNumber")));
    expect(new Set(answers).size).toBe(120);
    expect(bodies.map((body) => (Array.isArray(body) ? body.length : 1)).sort()).toEqual([20, 50, 50]);
    await rpc.call(Small, "eth_blockNumber");
    expect(bodies.at(-1)).toMatchObject({ jsonrpc: "2.0", method: "eth_blockNumber", params: [] });
  });

  it("are told apart by their ids, in whatever order the answers come", async () => {
    answer = (body, response) =>
      response.end(JSON.stringify(Array.isArray(body) ? body.map(echo).reverse() : echo(body)));
    const rpc = open();
    const [first, second] = await Promise.all([rpc.call(Small, "a"), rpc.call(Small, "b")]);
    expect([first, second]).toEqual([1, 2]);
  });

  it("carry the login of the URL", async () => {
    await open({ url: url.replace("//", "//user:p%40ss@") }).call(Small, "a");
    expect(headers.authorization).toBe(`Basic ${Buffer.from("user:p@ss").toString("base64")}`);
  });

  it("tell the server's time", async () => {
    const dates: number[] = [];
    await open({ onDate: (date: number) => dates.push(date) }).call(Small, "a");
    expect(Math.abs((dates[0] ?? 0) - Date.now())).toBeLessThan(5_000);
  });

  it("end with their signal, and all with the client's", async () => {
    answer = () => undefined;
    const rpc = open();
    const own = new AbortController();
    const [one, other] = [rpc.call(Small, "a", [], own.signal), rpc.call(Small, "b")];
    own.abort(new Error("enough"));
    await expect(one).rejects.toThrow("enough");
    ending.abort(new Error("closing"));
    await expect(other).rejects.toThrow("closing");
    await expect(rpc.call(Small, "c")).rejects.toThrow("closing");
  });
});

describe("a connection that the server closes as a call arrives", () => {
  const closing = (times: number) => {
    const echoes = answer;
    answer = (body, response) => {
      if (bodies.length > times) echoes(body, response);
      else response.destroy();
    };
  };

  it("is opened anew for the same call", async () => {
    closing(1);
    await open().call(Small, "a");
    expect(bodies).toHaveLength(2);
    expect(bodies[1]).toEqual(bodies[0]);
  });

  it("is not opened for ever", async () => {
    closing(10);
    const words = "it closed the connection";
    await expect(open().call(Small, "a")).rejects.toMatchObject({
      code: "LEDGER_UNREACHABLE",
      message: expect.stringContaining(words),
    });
    expect(bodies).toHaveLength(2);
  });
});

describe("answers that are none", () => {
  const refusals: [string, object, object][] = [
    ["in words", { code: -32_000, message: "too many" }, { words: "too many", reverted: false }],
    ["with a revert", { code: 3, message: "x", data: "0x12345678" }, { data: "0x12345678", reverted: true }],
    [
      "with a revert inside",
      { code: -32_603, message: "x", data: { data: "0xabcd" } },
      { data: "0xabcd", reverted: true },
    ],
    ["with other data", { code: 1, message: "x", data: { hint: 1 } }, { data: undefined, reverted: false }],
    [
      "of a revert in words",
      { code: -32_000, message: "execution reverted" },
      { data: undefined, reverted: true },
    ],
  ];
  it.each(refusals)("are refusals %s", async (_, error, expected) => {
    says(JSON.stringify({ jsonrpc: "2.0", id: 1, error }));
    const refused = open().call(Small, "eth_call");
    await expect(refused).rejects.toBeInstanceOf(CallRefused);
    await expect(refused).rejects.toMatchObject({ code: "LEDGER_CALL_FAILED", ...expected });
  });

  it("refuse a whole batch at once", async () => {
    says(JSON.stringify({ jsonrpc: "2.0", id: null, error: { code: -32_600, message: "no batches here" } }));
    const rpc = open();
    const all = await Promise.allSettled([rpc.call(Small, "a"), rpc.call(Small, "b")]);
    expect(all.map((one) => one.status === "rejected" && one.reason.words)).toEqual([
      "no batches here",
      "no batches here",
    ]);
  });

  it("leave out a call", async () => {
    says(JSON.stringify([{ jsonrpc: "2.0", id: 1, result: "0x1" }]));
    const rpc = open();
    const [one, other] = await Promise.allSettled([rpc.call(Small, "a"), rpc.call(Small, "b")]);
    expect(one.status).toBe("fulfilled");
    expect(other).toMatchObject({
      reason: { code: "LEDGER_CALL_FAILED", message: expect.stringContaining("left out b") },
    });
  });

  const wrong: [string, string, number, Record<string, string>, object][] = [
    ["another form", '{"id":1,"result":"many"}', 200, {}, { code: "LEDGER_CALL_FAILED" }],
    [
      "no JSON",
      "<html>",
      200,
      {},
      { code: "LEDGER_UNREACHABLE", message: expect.stringContaining("JSON-RPC") },
    ],
    ["other JSON", '{"hello":"world","id":"x"}', 200, {}, { code: "LEDGER_UNREACHABLE" }],
    [
      "not found",
      "no",
      404,
      {},
      { code: "LEDGER_UNREACHABLE", message: expect.stringContaining("HTTP 404") },
    ],
    [
      "a full house",
      "",
      429,
      { "retry-after": "7" },
      { code: "LEDGER_UNREACHABLE", retryAfter: 7, retryable: true },
    ],
  ];
  it.each(wrong)("are %s", async (_, text, status, more, expected) => {
    says(text, status, more);
    await expect(open().call(Small, "a")).rejects.toMatchObject(expected);
  });

  it("are late", async () => {
    answer = () => undefined;
    await expect(open({ timeout: 20 }).call(Small, "a")).rejects.toMatchObject({
      code: "LEDGER_UNREACHABLE",
      message: expect.stringContaining("no answer within 20 ms"),
    });
  });

  it("are cut off", async () => {
    answer = (_, response) => response.destroy();
    await expect(open().call(Small, "a")).rejects.toMatchObject({
      code: "LEDGER_UNREACHABLE",
      message: expect.stringContaining("closed the connection"),
    });
  });
});

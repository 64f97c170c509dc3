import { once } from "node:events";
import { connect, createServer } from "node:net";
import fc from "fast-check";
import { pino } from "pino";
import { Registry } from "prom-client";
import { describe, expect, it, onTestFinished } from "vitest";
import { createApiClient, Problem, startApi } from "../../../nodes/api/index.ts";
import { BeltError, type Code, catalogue } from "../../../pipeline/errors.ts";
import { belt, hash, memoryNode, offer } from "../../support/memoryNode.ts";
import { until } from "../../support/until.ts";

const token = "t".repeat(43);

async function start({ requestBytes = 65_536, heartbeat = 15_000 } = {}) {
  const operations = memoryNode();
  const logged: string[] = [];
  const log = pino({ level: "debug" }, { write: (line: string) => void logged.push(line) });
  const parts = { host: "127.0.0.1", port: 0, token, log, version: "0.1.0", requestBytes, heartbeat };
  const api = await startApi({ ...parts, operations, registry: new Registry() });
  onTestFinished(() => api.close());
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(api.url + path, { ...init, headers: { authorization: `Bearer ${token}`, ...init.headers } });
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    ask(path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body),
    });
  return { api, operations, logged, ask, post, client: createApiClient({ url: api.url, token }) };
}

async function problemOf(response: Response) {
  expect(response.headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
  const problem = Problem.parse(await response.json());
  expect(problem.status).toBe(response.status);
  return problem;
}

describe("the token", () => {
  it.each([
    ["no header", undefined],
    ["another scheme", `Basic ${token}`],
    ["another token", `Bearer ${"u".repeat(43)}`],
    ["a token that only begins right", `Bearer ${token}x`],
    ["a shorter token", `Bearer ${token.slice(1)}`],
    ["nothing after the scheme", "Bearer "],
  ])("is refused: %s", async (_, authorization) => {
    const { api } = await start();
    for (const path of ["/v1/status", "/v1/nothing", "/metrics"]) {
      const response = await fetch(
        api.url + path,
        authorization === undefined ? {} : { headers: { authorization } },
      );
      expect(await problemOf(response)).toMatchObject({ code: "API_TOKEN_REFUSED", status: 401 });
      expect(response.headers.get("www-authenticate")).toContain("Bearer");
    }
  });

  it("is asked for before the body is read", async () => {
    const { api, operations } = await start();
    const body = JSON.stringify({ belt: belt.belt, cases: [{ name: "x".repeat(100_000) }] });
    const response = await fetch(`${api.url}/v1/sheets`, { method: "POST", body });
    expect(response.status).toBe(401);
    expect(await operations.sheets()).toEqual([]);
  });

  it("is not asked for by the probes and the description", async () => {
    const { api, operations } = await start();
    expect(await (await fetch(`${api.url}/livez`)).json()).toEqual({ status: "ok" });
    const ready = await fetch(`${api.url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([200, { ready: true, reasons: [] }]);
    operations.state = { ...operations.state, ready: false, reasons: ["The ledger cannot be reached."] };
    const unready = await fetch(`${api.url}/readyz`);
    expect([unready.status, await unready.json()]).toEqual([
      503,
      { ready: false, reasons: ["The ledger cannot be reached."] },
    ]);
    expect((await fetch(`${api.url}/openapi.json`)).status).toBe(200);
  });
});

describe("a problem", () => {
  it.each(Object.keys(catalogue) as Code[])("says all of %s", async (code) => {
    const { operations, ask } = await start();
    operations.failure = new BeltError(code, "What is wrong.", { at: "/place", retryAfter: 2.5 });
    const response = await ask("/v1/status");
    const { status, remedy, retryable } = catalogue[code];
    const problem = await problemOf(response);
    expect(problem).toEqual({
      type: `urn:belt:error:${code}`,
      title: expect.stringMatching(/^[A-Z][a-z ]+$/),
      status,
      detail: "What is wrong.",
      code,
      at: "/place",
      remedy,
      retryable,
    });
    expect(response.headers.get("retry-after")).toBe("3");
  });

  it("keeps a defect's own words in the log", async () => {
    const { operations, ask, logged } = await start();
    operations.failure = new Error("secret 123456782");
    const problem = await problemOf(await ask("/v1/status"));
    expect(problem).toMatchObject({ code: "INTERNAL", status: 500 });
    expect(JSON.stringify(problem)).not.toContain("secret");
    expect(logged.join()).toContain("secret 123456782");
  });

  const sheet = `/v1/sheets/${hash("none")}`;
  const rows: readonly {
    what: string;
    path: string;
    init?: RequestInit;
    status: number;
    code: Code;
    at?: string;
  }[] = [
    { what: "an unknown path", path: "/v1/nothing", status: 404, code: "NOT_FOUND", at: "/v1/nothing" },
    { what: "an unknown sheet", path: sheet, status: 404, code: "NOT_FOUND" },
    { what: "an unknown sheet's events", path: `${sheet}/events`, status: 404, code: "NOT_FOUND" },
    {
      what: "a sheet that is none",
      path: "/v1/sheets/7",
      status: 400,
      code: "INPUT_INVALID",
      at: "params sheet",
    },
    {
      what: "a case that is none",
      path: `${sheet}/cases/-1`,
      status: 400,
      code: "INPUT_INVALID",
      at: "params case",
    },
    { what: "a broken escape", path: "/v1/belts/%E0%A4%A", status: 400, code: "INPUT_INVALID" },
    {
      what: "an unknown query",
      path: "/v1/offers?mien=true",
      status: 400,
      code: "INPUT_INVALID",
      at: "query mien",
    },
    {
      what: "a query twice",
      path: "/v1/offers?mine=true&mine=false",
      status: 400,
      code: "INPUT_INVALID",
      at: "query mine",
    },
    { what: "another method", path: sheet, init: { method: "PUT" }, status: 405, code: "METHOD_NOT_ALLOWED" },
    {
      what: "another method of a probe",
      path: "/readyz",
      init: { method: "POST" },
      status: 405,
      code: "METHOD_NOT_ALLOWED",
    },
  ];
  it.each(rows)("answers $what", async ({ path, init, status, code, at }) => {
    const { ask } = await start();
    const response = await ask(path, init);
    expect(await problemOf(response)).toMatchObject({ status, code, ...(at === undefined ? {} : { at }) });
    if (status === 405) expect(response.headers.get("allow")).toBe("GET, HEAD");
  });

  const bodies: readonly {
    what: string;
    body: unknown;
    headers?: Record<string, string>;
    code: Code;
    at?: string;
  }[] = [
    { what: "nothing", body: "", code: "JSON_INVALID", at: "body:1:1" },
    { what: "broken JSON", body: '{"belt":\n "a",}', code: "JSON_INVALID", at: "body:2:6" },
    { what: "bytes that are no UTF-8", body: Uint8Array.of(34, 255, 34), code: "JSON_INVALID" },
    {
      what: "JSON that nests too deep",
      body: `{"cases":${"[".repeat(99)}${"]".repeat(99)}}`,
      code: "JSON_INVALID",
    },
    {
      what: "another media type",
      body: "{}",
      headers: { "content-type": "text/plain" },
      code: "MEDIA_TYPE_UNSUPPORTED",
    },
    {
      what: "another charset",
      body: "{}",
      headers: { "content-type": "application/json; charset=latin1" },
      code: "MEDIA_TYPE_UNSUPPORTED",
    },
    {
      what: "an unknown encoding",
      body: "{}",
      headers: { "content-encoding": "rot13" },
      code: "MEDIA_TYPE_UNSUPPORTED",
    },
    { what: "a false encoding", body: "{}", headers: { "content-encoding": "gzip" }, code: "INPUT_INVALID" },
    {
      what: "too much",
      body: { belt: belt.belt, cases: [{ name: "x".repeat(70_000) }] },
      code: "BODY_TOO_LARGE",
    },
    { what: "no object", body: [], code: "INPUT_INVALID", at: "body" },
    { what: "no cases", body: { belt: belt.belt, cases: [] }, code: "INPUT_INVALID", at: "/cases" },
    {
      what: "a case that is no object",
      body: { belt: belt.belt, cases: [{}, 7] },
      code: "INPUT_INVALID",
      at: "/cases/1",
    },
    {
      what: "too many cases",
      body: { belt: belt.belt, cases: Array.from({ length: 1_025 }, () => ({})) },
      code: "INPUT_INVALID",
      at: "/cases",
    },
    {
      what: "a belt's name that is none",
      body: { belt: "Big Belt", cases: [{}] },
      code: "INPUT_INVALID",
      at: "/belt",
    },
    {
      what: "an unknown member",
      body: { belt: belt.belt, cases: [{}], count: 1 },
      code: "INPUT_INVALID",
      at: "/count",
    },
    {
      what: "a case that does not fit",
      body: { belt: belt.belt, cases: [{ name: "a" }, {}] },
      code: "CASE_INVALID",
      at: "/cases/1/name",
    },
  ];
  it.each(bodies)(
    "answers a booking of $what, and nothing is booked",
    async ({ body, headers, code, at }) => {
      const { post, operations } = await start();
      const problem = await problemOf(await post("/v1/sheets", body, headers));
      expect(problem).toMatchObject({ code, ...(at === undefined ? {} : { at }) });
      expect(problem.detail.endsWith(".")).toBe(true);
      expect(await operations.sheets()).toEqual([]);
    },
  );

  it("answers any body with a problem or a booking, never with a defect", async () => {
    const { post } = await start();
    const near = fc.record({
      belt: fc.oneof(fc.constant(belt.name), fc.string()),
      cases: fc.array(fc.jsonValue()),
    });
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.jsonValue(), near), async (body) => {
        const { status } = await post("/v1/sheets", JSON.stringify(body));
        expect([201, 400, 404, 422]).toContain(status);
      }),
      { numRuns: 60 },
    );
  });
});

describe("the operations", () => {
  it("are the same through the API as in the node", async () => {
    const { client, operations } = await start();
    expect(await client.status()).toEqual(operations.state);
    const { sheet, count, cost } = await client.book({
      belt: "greeting@2026.1",
      cases: [{ name: "Ann" }, { name: "?" }],
    });
    expect([count, cost]).toEqual([2, "4"]);
    expect((await client.sheet(sheet)).state).toBe("travelling");
    expect(await client.case(sheet, 0)).toMatchObject({ state: "travelling" });
    operations.finish();
    expect(await client.sheets()).toEqual(await operations.sheets());
    expect(await client.cases(sheet)).toEqual(await operations.cases(sheet));
    expect(await client.case(sheet, 1)).toMatchObject({
      reason: { station: "greet", status: "unprocessable" },
    });

    expect(await client.tasks()).toEqual(await operations.tasks());
    const [task] = await client.tasks();
    await client.completeTask(task?.id ?? "", { name: "Bo" });
    expect([...operations.answered]).toEqual([[task?.id, { name: "Bo" }]]);

    const [first, second] = await client.quarantine();
    expect([first, second]).toEqual(await operations.quarantine());
    expect(await client.quarantined(first?.id ?? "")).toEqual({ ...first, input: { name: "Bo" } });
    await client.retryQuarantined(first?.id ?? "");
    await client.rejectQuarantined(second?.id ?? "", { reason: "The form is damaged." });
    expect([...operations.answered].slice(1)).toEqual([
      [first?.id, "retried"],
      [second?.id, "The form is damaged."],
    ]);
    await expect(client.quarantined(first?.id ?? "")).rejects.toMatchObject({ code: "QUARANTINE_UNKNOWN" });

    const published = await client.publishOffer({
      station: "greet",
      price: 3,
      deadlineSeconds: 9,
      capacity: 5,
      validDays: 1,
    });
    expect(await client.offer(published.offer)).toMatchObject({ price: "3", capacity: 5, input: {} });
    expect(await client.offers({ mine: true })).toHaveLength(2);
    expect(await client.withdrawOffer(published.offer)).toMatchObject({ offer: published.offer });
    expect(await client.offers({ mine: false })).toEqual([offer]);

    expect(await client.belts()).toEqual(await operations.belts());
    expect(await client.belt(belt.belt)).toEqual(belt);
    const stations = { greet: { offer: "acme/unknown", needs: {} } };
    const template = { ...belt.document, stations };
    expect(await client.checkBelt(template)).toMatchObject({ findings: [], price: "2" });
    expect((await client.publishBelt(template)).belt).toMatch(/^0x/);
  });

  it("refuse with the node's own error", async () => {
    const { client, operations } = await start();
    await expect(client.book({ belt: "greeting", cases: [{}] })).rejects.toMatchObject({
      name: "BeltError",
      code: "CASE_INVALID",
      message: "The case's name must be text.",
      at: "/cases/0/name",
    });
    operations.failure = new BeltError("OVERLOADED", "Busy.");
    await expect(client.tasks()).rejects.toMatchObject({ code: "OVERLOADED", at: undefined });
  });

  it("fill in what a request leaves out", async () => {
    const { post, operations } = await start();
    const response = await post("/v1/offers", { station: "greet", price: "12", deadlineSeconds: 1 });
    expect(response.status).toBe(201);
    expect(await operations.offers({ mine: true })).toMatchObject([{}, { price: "12", capacity: 1_024 }]);
  });
});

describe("the events of a sheet", () => {
  const book = async ({ client }: Awaited<ReturnType<typeof start>>) =>
    (await client.book({ belt: "greeting", cases: [{ name: "Ann" }, { name: "?" }] })).sheet;
  const endless = () => new AbortController().signal;

  it("arrive as they happen, and end when the sheet is finished", async () => {
    const parts = await start();
    const sheet = await book(parts);
    const seen: string[] = [];
    for await (const { case: number, status } of parts.client.watch(sheet, endless())) {
      seen.push(`${number} ${status}`);
      // The first came while the rest had not happened yet.
      if (seen.length === 1) parts.operations.finish();
    }
    expect(seen).toEqual(["0 open", "0 done", "1 unprocessable"]);
  });

  it("are server-sent events with an end", async () => {
    const parts = await start();
    const sheet = await book(parts);
    parts.operations.finish();
    const response = await parts.ask(`/v1/sheets/${sheet}/events`);
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    const blocks = (await response.text()).trimEnd().split("\n\n");
    expect(blocks).toHaveLength(4);
    for (const block of blocks.slice(0, 3)) expect(block).toMatch(/^event: case\ndata: {.*}$/);
    expect(blocks[3]).toBe('event: end\ndata: {"state":"finished"}');
  });

  it("end in the node when the reader goes away", async () => {
    const parts = await start();
    const sheet = await book(parts);
    const leaving = new AbortController();
    const seen: unknown[] = [];
    for await (const event of parts.client.watch(sheet, leaving.signal)) {
      seen.push(event);
      leaving.abort();
    }
    expect(seen).toHaveLength(1);
    await until(() => parts.operations.watchers.size === 0);
  });

  it("tell of a failure in the middle", async () => {
    const parts = await start();
    const sheet = await book(parts);
    const reading = (async () => {
      for await (const _ of parts.client.watch(sheet, endless())) {
        parts.operations.failure = new BeltError("OVERLOADED", "Too much at once.");
        parts.operations.finish();
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: "OVERLOADED", message: "Too much at once." });
  });

  it("keep the connection open with comments, and end when the node stops", async () => {
    const parts = await start({ heartbeat: 5 });
    const sheet = await book(parts);
    const response = await parts.ask(`/v1/sheets/${sheet}/events`);
    let text = "";
    const reading = (async () => {
      for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) text += part;
    })();
    await until(() => text.includes(": still here\n\n"));
    await parts.api.close();
    await reading;
    expect(text).not.toContain("event: end");
  });
});

describe("the server", () => {
  it("counts and times its requests by route", async () => {
    const { ask } = await start();
    await ask("/v1/status");
    await ask(`/v1/sheets/${hash("none")}`);
    const seen = await until(async () => {
      const text = await (await ask("/metrics")).text();
      return text.includes('route="sheet"') ? text : undefined;
    });
    expect(seen).toContain('belt_api_request_seconds_count{method="GET",route="status",status="200"} 1');
    expect(seen).toContain('belt_api_request_seconds_count{method="GET",route="sheet",status="404"} 1');
  });

  it("tells what it is as little as it can", async () => {
    const { ask } = await start();
    const { headers } = await ask("/v1/status");
    expect(headers.get("x-powered-by")).toBeNull();
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("access-control-allow-origin")).toBeNull();
  });

  it("names a port in use and a host that is none", async () => {
    const { api, operations } = await start();
    const port = Number(new URL(api.url).port);
    const parts = {
      operations,
      token,
      registry: new Registry(),
      log: pino({ level: "silent" }),
      version: "0",
      requestBytes: 1,
    };
    await expect(startApi({ ...parts, host: "127.0.0.1", port })).rejects.toMatchObject({
      code: "PORT_IN_USE",
      at: `127.0.0.1:${port}`,
    });
    await expect(
      startApi({ ...parts, registry: new Registry(), host: "192.0.2.1", port: 0 }),
    ).rejects.toMatchObject({
      code: "CONFIG_INVALID",
    });
  });

  it("lets a request finish that is in progress when it stops", async () => {
    const { api, operations, ask } = await start();
    const answered = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    operations.sheets = async () => {
      asked.resolve();
      await answered.promise;
      return [];
    };
    const response = ask("/v1/sheets");
    await asked.promise;
    const closed = api.close();
    await expect(ask("/v1/status")).rejects.toThrow("fetch failed");
    answered.resolve();
    expect(await (await response).json()).toEqual({ sheets: [] });
    expect((await response).headers.get("connection")).toBe("close");
    await closed;
  });

  it("survives what is no HTTP", async () => {
    const { api, ask } = await start();
    const socket = connect(Number(new URL(api.url).port), "127.0.0.1");
    await once(socket, "connect");
    socket.end("\u0000\u0001 nonsense\r\n\r\n");
    socket.resume();
    await once(socket, "close");
    expect((await ask("/v1/status")).status).toBe(200);
  });
});

describe("the client", () => {
  it("names a node that is not there", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" ? address?.port : undefined;
    await new Promise((resolve) => server.close(resolve));
    const url = `http://127.0.0.1:${port}`;
    await expect(createApiClient({ url, token }).status()).rejects.toMatchObject({
      code: "API_UNREACHABLE",
      at: url,
    });
  });

  it.each([
    ["another server", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi", "API_ANSWER_INVALID"],
    ["another answer", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", "API_ANSWER_INVALID"],
    ["another server's error", "HTTP/1.1 502 Bad\r\ncontent-length: 2\r\n\r\nno", "API_ANSWER_INVALID"],
    ["an answer that is cut off", "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{", "API_UNREACHABLE"],
  ])("names %s", async (_, answer, code) => {
    const server = createServer((socket) => socket.once("data", () => socket.end(answer))).listen(
      0,
      "127.0.0.1",
    );
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : undefined}`;
    await expect(createApiClient({ url, token }).status()).rejects.toMatchObject({ code });
  });
});

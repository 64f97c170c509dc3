import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { createTransport } from "../../../nodes/transport/index.ts";
import { BeltError } from "../../../pipeline/errors.ts";
import { until } from "../../support/until.ts";

const timeout = 300;
const tray = Buffer.alloc(4 * 1024 * 1024, "x");

/** Something that listens where a partner should; gives its URL. */
async function partner(answer: (socket: Socket, server: Server) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    answer(socket, server);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("it listens at a port");
  return `http://127.0.0.1:${address.port}`;
}

/** What becomes of a tray that is sent there, and how long that took. */
async function deliver(url: string, bytes: Uint8Array = tray) {
  const transport = createTransport({ timeout });
  onTestFinished(() => transport.close());
  const began = performance.now();
  const outcome = await transport
    .deliver(url, bytes, new AbortController().signal)
    .catch((error: unknown) => error);
  return { outcome, took: performance.now() - began };
}

/** Says that it takes a tray, once the whole of it is there. */
const ok = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
const status = (line: string, header: string): string =>
  `HTTP/1.1 ${line}\r\n${header}content-length: 0\r\nconnection: close\r\n\r\n`;

const everySoOften = (socket: Socket, send: () => void): void => {
  const timer = setInterval(send, timeout / 10);
  socket.once("close", () => clearInterval(timer));
};

test.each<[string, (socket: Socket) => void]>([
  ["that takes connections and says nothing", (socket) => socket.resume()],
  ["that does not read what it is sent", (socket) => socket.pause()],
  [
    "that answers a byte at a time",
    (socket) => {
      socket.resume();
      socket.write("HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n");
      everySoOften(socket, () => socket.write("x"));
    },
  ],
  [
    "that begins its answer again and again",
    (socket) => {
      socket.resume();
      everySoOften(socket, () => socket.write("HTTP/1.1 100 Continue\r\n\r\n"));
    },
  ],
  ["that hangs up", (socket) => socket.destroy()],
  [
    "that hangs up in the middle of its answer",
    (socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nacknow"),
  ],
  ["that speaks another language", (socket) => socket.end("SSH-2.0-OpenSSH_9.2\r\n")],
  [
    "that answers without end",
    (socket) => {
      socket.resume();
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      const block = Buffer.alloc(1024 * 1024);
      const more = (): void => {
        while (socket.writable && socket.write(block)) {}
      };
      socket.on("drain", more);
      more();
    },
  ],
])("a partner %s is away, within the time that it has", async (_what, answer) => {
  const { outcome, took } = await deliver(await partner(answer));
  expect(outcome).toBeInstanceOf(BeltError);
  expect(outcome).toMatchObject({ code: "PARTNER_UNREACHABLE", retryable: true });
  // A loaded machine is late; nothing of this waits for as long again.
  expect(took).toBeLessThan(10 * timeout);
});

test("a partner that takes its time, and answers in time, is there", async () => {
  const url = await partner((socket) => {
    let length = 0;
    socket.on("data", (bytes) => {
      length += bytes.length;
      if (length > tray.length) setTimeout(() => socket.write(ok), timeout / 3);
    });
  });
  expect((await deliver(url)).outcome).toBe("ok");
});

test.each([
  ["503 Service Unavailable", "retry-after: 7\r\n", { code: "PARTNER_UNREACHABLE", retryAfter: 7 }],
  ["429 Too Many Requests", "retry-after: 0\r\n", { code: "PARTNER_UNREACHABLE", retryAfter: 0 }],
  ["503 Service Unavailable", "retry-after: 99999999\r\n", { retryAfter: 3_600 }],
  ["503 Service Unavailable", "retry-after: Thu, 01 Jan 1970 00:00:00 GMT\r\n", { retryAfter: 0 }],
  [
    "503 Service Unavailable",
    "retry-after: soon\r\n",
    { code: "PARTNER_UNREACHABLE", retryAfter: undefined },
  ],
  ["503 Service Unavailable", "retry-after: -5\r\n", { code: "PARTNER_UNREACHABLE" }],
  ["302 Found", "location: http://127.0.0.1:1/\r\n", { code: "PARTNER_REFUSED", retryable: true }],
  ["403 Forbidden", "", { code: "PARTNER_REFUSED", retryable: true }],
])("an answer of %s with %j is no node's word", async (line, header, error) => {
  const url = await partner((socket) => socket.once("data", () => socket.end(status(line, header))));
  expect((await deliver(url, Buffer.from("a small one"))).outcome).toMatchObject(error);
});

test("a delivery ends at once when the node stops", async () => {
  const connected = Promise.withResolvers<void>();
  const url = await partner(() => connected.resolve());
  const transport = createTransport();
  onTestFinished(() => transport.close());
  const stop = new AbortController();
  const delivery = transport.deliver(url, tray, stop.signal);
  await connected.promise;
  stop.abort();
  await expect(delivery).rejects.toMatchObject({ code: "PARTNER_UNREACHABLE" });
  await until(() => stop.signal.aborted);
});

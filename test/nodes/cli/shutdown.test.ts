import { once } from "node:events";
import { stat, writeFile } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { closed, number } from "../../support/closed.ts";
import { start } from "../../support/command.ts";
import { library, type Machine, type Machines, publish, setUpMachines } from "../../support/machines.ts";
import type { RunningNode } from "../../support/servedNode.ts";
import { until } from "../../support/until.ts";

const schemas = `
  input: { type: "object", properties: { n: { type: "number" } }, required: ["n"], additionalProperties: false },
  output: { type: "object", properties: { twice: { type: "number" } }, required: ["twice"], additionalProperties: false },`;

/** Works once the machine's file \`oil\` is there; before, it holds up its process in an endless loop. */
const near = `
import { existsSync } from "node:fs";
import { defineStation } from ${JSON.stringify(library)};
export default defineStation({
  name: "near",
  version: "1.0.0",${schemas}
  process({ n }, { settings }) {
    while (!existsSync(settings.oil));
    return { twice: 2 * n };
  },
});
`;
const far = near.replace('"near"', '"far"').replace("while (!existsSync(settings.oil));", "");
/** Leaves a timer on in the node's own process. */
const held = far
  .replace('"far"', '"held"')
  .replace("export default", "setInterval(() => {}, 1_000);\nexport default");

const belt = {
  belt: "doubles",
  version: "1",
  parent: null,
  title: { en: "Doubles" },
  case: closed({ n: number }),
  stations: {
    near: { offer: "acme/near", needs: { "/n": "case#/n" } },
    far: { offer: "hole/far", needs: { "/n": "case#/n" } },
  },
  result: { "/near": "near#/twice", "/far": "far#/twice" },
};

let machines: Machines;
let acme: Machine;
let node: RunningNode;
const open: (() => void)[] = [];

beforeAll(async () => {
  machines = await setUpMachines({
    acme: [{ module: near, settings: { oil: "./oil" } }],
    hole: [{ module: far }],
    held: [{ module: held, settings: { isolated: false } }],
  });
  acme = machines.member("acme");
}, 120_000);
afterAll(async () => {
  for (const close of open) close();
  await machines?.end();
});

/** A server that takes connections and never answers, at the port of a node that is gone. */
async function blackHole(port: number): Promise<void> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => sockets.add(socket.on("error", () => {})));
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  open.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
}

/** A request whose body never comes. */
async function halfARequest(to: string, path: string, headers: string): Promise<void> {
  const { hostname, port } = new URL(to);
  const socket = connect(Number(port), hostname).on("error", () => {});
  open.push(() => socket.destroy());
  socket.write(`POST ${path} HTTP/1.1\r\nHost: ${hostname}\r\nContent-Length: 9\r\n${headers}\r\n`);
  await once(socket, "connect");
}

async function burden(sheet: string): Promise<void> {
  const authorization = `Bearer ${acme.identity.token}`;
  await halfARequest(
    node.api,
    "/v1/sheets",
    `Authorization: ${authorization}\r\nContent-Type: application/json\r\n`,
  );
  await halfARequest(node.url, "/v1/trays", "Content-Type: application/vnd.conveyor-belt.tray\r\n");
  const events = await fetch(new URL(`/v1/sheets/${sheet}/events`, node.api), { headers: { authorization } });
  expect(events.status).toBe(200);
}

describe("a node that is told to stop", () => {
  /** The node has everything in hand that could hold it up. */
  it("ends by itself within its limit, whatever it has in hand, and ends its cases when it is back", async () => {
    const hole = machines.member("hole");
    const there = await hole.serve();
    node = await acme.serve();
    const shop = acme.operations(node);
    await hole.operations(there).publishOffer({
      ...{ station: "far", price: 1, deadlineSeconds: 600, capacity: 1_000, validDays: 30 },
    });
    await publish(shop, ["near"], belt);
    there.child.kill("SIGTERM");
    await there.ended;
    await blackHole(hole.port);
    const { sheet } = await shop.book({
      belt: "doubles",
      cases: Array.from({ length: 20 }, (_, n) => ({ n })),
    });

    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      await until(async () => Number(await metric("belt_busy_cases")) > 0, { what: "cases in hand" });
      await burden(sheet);
      // The ledger's node hangs as well.
      process.kill(machines.chain.pid, "SIGSTOP");
      node.child.kill(signal);
      const { code } = await node.ended;
      process.kill(machines.chain.pid, "SIGCONT");
      // One that its own limit ends says so by another code.
      expect([signal, code]).toEqual([signal, 0]);
      node = await acme.serve();
    }

    await writeFile(join(acme.folder, "oil"), "");
    const done = async (): Promise<number | undefined> =>
      (await acme.operations(node).sheet(sheet)).stations.find(({ station }) => station === "near")?.done;
    await until(async () => (await done()) === 20, { what: "the cases of the station near", limit: 60_000 });
  }, 180_000);

  it("ends as soon when it has not begun yet, since the ledger's node hangs", async () => {
    process.kill(machines.chain.pid, "SIGSTOP");
    try {
      const began = Date.now();
      const running = start(["serve"], { folder: acme.folder });
      await until(async () => (await stat(join(acme.folder, "data", "store", "LOG"))).mtimeMs >= began);
      running.child.kill("SIGTERM");
      const { code } = await running.ended;
      expect(code).not.toBe(143);
    } finally {
      process.kill(machines.chain.pid, "SIGCONT");
    }
  });

  it("is ended by its limit where a station does not let go of it", async () => {
    const running = await machines.member("held").serve();
    running.child.kill("SIGTERM");
    const { code, stderr } = await running.ended;
    expect([code, stderr]).toEqual([143, expect.stringContaining("does not let go")]);
  });
});

async function metric(name: string): Promise<string | undefined> {
  const headers = { authorization: `Bearer ${acme.identity.token}` };
  const text = await (await fetch(new URL("/metrics", node.api), { headers })).text();
  return new RegExp(`^${name} (.*)$`, "m").exec(text)?.[1];
}

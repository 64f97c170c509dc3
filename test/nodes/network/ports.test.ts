import { once } from "node:events";
import { createServer } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { reservePorts } from "../../../nodes/network/ports.ts";

const uses = ["the first", "the second", "the third"];

async function listen(port: number): Promise<void> {
  const server = createServer();
  onTestFinished(() => void server.close());
  await once(server.listen(port, "127.0.0.1"), "listening");
}

it("holds a row of ports until they are let go", async () => {
  const { ports, release } = await reservePorts(0, uses);
  const [first = 0] = ports;
  expect(ports).toEqual([first, first + 1, first + 2]);
  await expect(reservePorts(first, uses)).rejects.toMatchObject({
    code: "PORT_IN_USE",
    message: `Port ${first}, for the first, is in use.`,
    at: "--port",
  });
  await release();
  const again = await reservePorts(first, uses);
  expect(again.ports).toEqual(ports);
  await again.release();
});

it("names the port that is taken, and holds none", async () => {
  const { ports, release } = await reservePorts(0, uses);
  const [first = 0, second = 0] = ports;
  await release();
  await listen(second);
  await expect(reservePorts(first, uses)).rejects.toMatchObject({
    code: "PORT_IN_USE",
    message: `Port ${second}, for the second, is in use.`,
  });
  await listen(first);
});

it("gives different ports to those who ask at the same time", async () => {
  const reservations = await Promise.all(Array.from({ length: 20 }, () => reservePorts(0, uses)));
  expect(new Set(reservations.flatMap(({ ports }) => ports)).size).toBe(60);
  await Promise.all(reservations.map(({ release }) => release()));
});

import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { BeltError } from "../../pipeline/errors.ts";

/** The local network is on this machine only. */
export const networkHost = "127.0.0.1";

/** Ports that nobody else gets until they are let go. */
export interface Reservation {
  readonly ports: readonly number[];
  /** Lets go of them, just before their users listen. */
  release(): Promise<void>;
}

/** Free ports come from below those that systems hand out for outgoing connections. */
const free = { from: 20_000, to: 32_000 } as const;
const attempts = 50;

/**
 * Holds one port for each use, from `base` upwards; with base 0 a row that is free.
 *
 * @param uses - what each port is for, as sentences call it
 * @throws {BeltError} `PORT_IN_USE` with the first port that is taken, and what it was for
 */
export async function reservePorts(base: number, uses: readonly string[]): Promise<Reservation> {
  for (let attempt = 1; ; attempt++) {
    const first = base === 0 ? randomInt(free.from, free.to - uses.length) : base;
    try {
      return await reserveRow(first, uses);
    } catch (error) {
      if (base !== 0 || attempt === attempts) throw error;
    }
  }
}

async function reserveRow(first: number, uses: readonly string[]): Promise<Reservation> {
  const held: Server[] = [];
  const release = async () => {
    await Promise.all(held.splice(0).map((server) => once(server.close(), "close")));
  };
  try {
    for (const [index, use] of uses.entries()) held.push(await hold(first + index, use));
  } catch (error) {
    await release();
    throw error;
  }
  return { ports: uses.map((_, index) => first + index), release };
}

async function hold(port: number, use: string): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  try {
    await once(server.listen(port, networkHost), "listening");
  } catch (cause) {
    const taken = cause instanceof Error && "code" in cause && cause.code === "EADDRINUSE";
    throw taken
      ? new BeltError("PORT_IN_USE", `Port ${port}, for ${use}, is in use.`, { at: "--port", cause })
      : new BeltError("USAGE_INVALID", `This user may not listen on port ${port}, for ${use}.`, {
          at: "--port",
          cause,
        });
  }
  return server.unref();
}

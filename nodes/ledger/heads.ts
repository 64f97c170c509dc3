import { WebSocket } from "undici";
import { z } from "zod";
import type { Log } from "./follow.ts";
import { endpointOf } from "./rpc.ts";
import { pause } from "./waiting.ts";

export interface HeadsOptions {
  /** The ledger's node; it is asked for WebSocket at the same place as for HTTP. */
  readonly url: string;
  /** Called when it tells of a new block. */
  readonly onHead: () => void;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Milliseconds before it is tried again: at first, and at most. */
const rest = { least: 1_000, most: 300_000 };

const Told = z.object({ method: z.literal("eth_subscription") });

/**
 * Hears of new blocks as they come, where the ledger's node tells of them (`eth_subscribe`, `newHeads`). What it says
 * is no more than a hint to ask: nothing depends on it, and a node that knows no such thing is asked now and then.
 */
export async function hearOfHeads({ url, onHead, log, signal }: HeadsOptions): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    const heard = await listen(url, onHead, signal);
    failures = heard ? 0 : failures + 1;
    if (signal.aborted) return;
    log.debug({ failures }, "The ledger's node does not tell of new blocks; it is asked for them.");
    await pause(Math.min(rest.most, rest.least * 2 ** Math.min(failures, 20)), signal);
  }
}

/** Resolves when the connection is over, with whether it told of a block. */
function listen(url: string, onHead: () => void, signal: AbortSignal): Promise<boolean> {
  const { url: place, headers } = endpointOf(url);
  const socket = new WebSocket(String(place).replace(/^http/, "ws"), { headers });
  let heard = false;
  const close = (): void => socket.close();
  signal.addEventListener("abort", close, { once: true });
  return new Promise((resolve) => {
    const end = (): void => {
      signal.removeEventListener("abort", close);
      resolve(heard);
    };
    socket.addEventListener("open", () => {
      if (signal.aborted) return close();
      socket.send(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_subscribe", params: ["newHeads"] }));
    });
    socket.addEventListener("message", ({ data }) => {
      if (!isTold(data)) return;
      heard = true;
      onHead();
    });
    // An error is followed by the end, which is all that matters.
    socket.addEventListener("error", () => {});
    socket.addEventListener("close", end, { once: true });
  });
}

function isTold(data: unknown): boolean {
  try {
    return Told.safeParse(JSON.parse(String(data))).success;
  } catch {
    return false;
  }
}

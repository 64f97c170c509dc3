import type { Socket } from "node:net";
import { Agent, buildConnector, WebSocket } from "undici";
import { z } from "zod";
import type { EventName } from "../../pipeline/index/index.ts";
import { mayHold } from "./bloom.ts";
import { topicsOf } from "./decode.ts";
import type { Log } from "./follow.ts";
import { endpointOf } from "./rpc.ts";
import type { ToldHeads } from "./toldHeads.ts";
import { atMostEvery, pause } from "./waiting.ts";
import { Header } from "./wire.ts";

export interface HeadsOptions {
  /** The ledger's node; it is asked for WebSocket at the same place as for HTTP. */
  readonly url: string;
  /** Where it is kept what was told. */
  readonly told: ToldHeads;
  /** Called when it has told of new blocks, and when it does no more. */
  readonly onHead: () => void;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Hears of new blocks. */
export interface Heads {
  /** Whether the ledger's node tells of them at the moment. */
  heard(): boolean;
  /** The ledger was asked, and this is the number of its newest block: before long it has to be told of as well. */
  saw(latest: number): void;
}

/** A connection that is open. */
interface Connection {
  readonly drop: AbortController;
  /** The newest block that it told of, or that was there before; undefined while none is known. */
  told: number | undefined;
  /** Whether a block is waited for. */
  isWatched: boolean;
}

/** Milliseconds before it is tried again: at first, and at most. */
const rest = { least: 1_000, most: 300_000 };

/**
 * Milliseconds from one block that is told on to the next, on average: what comes meanwhile is read together. Whoever waits
 * for a block asks by himself.
 */
const gathering = 250;

/**
 * Blocks with bookings are told on at once, so many in a row: the cases that were booked are on their way already. A case's
 * other blocks, some ten for five members, say what was done with it, which nobody is in a hurry to hear.
 */
const urgent = { topics: topicsOf(new Set<EventName>(["SheetBooked"])), inARow: 4 };

/**
 * Milliseconds that a block may be known and not told of: then the connection tells of nothing any more, though both ends
 * keep it. Some proxies do not close it when what is behind them has gone.
 */
const patience = 2_000;

const Told = z.object({
  method: z.literal("eth_subscription"),
  params: z.object({ result: Header.extend({ logsBloom: z.string().optional() }) }),
});
type ToldHead = z.infer<typeof Told>["params"]["result"];

const mayBeUrgent = mayHold(urgent.topics);

/**
 * Hears of new blocks as they come, where the ledger's node tells of them (`eth_subscribe`, `newHeads`). Nothing depends on
 * it: a node that knows no such thing is asked now and then.
 */
export function hearOfHeads({ url, told, onHead, log, signal }: HeadsOptions): Heads {
  let heard = false;
  let open: Connection | undefined;
  const tellAtOnce = atMostEvery(gathering, onHead, { inARow: urgent.inARow, signal });
  const tell = atMostEvery(gathering, onHead, { inARow: 1, signal });

  const run = async () => {
    let failures = 0;
    while (!signal.aborted) {
      const drop = new AbortController();
      const connection: Connection = { drop, told: undefined, isWatched: false };
      await listen(url, AbortSignal.any([signal, drop.signal]), {
        onOpen: () => {
          open = connection;
        },
        onHead: ({ logsBloom, ...header }) => {
          told.add(header);
          connection.told = header.number;
          heard = true;
          if (logsBloom === undefined || mayBeUrgent(logsBloom)) tellAtOnce();
          else tell();
        },
      });
      open = undefined;
      told.clear();
      drop.abort("over");
      if (signal.aborted) return;
      failures = heard ? 0 : failures + 1;
      heard = false;
      onHead();
      log.debug({ failures }, "The ledger's node does not tell of new blocks; it is asked for them.");
      await pause(Math.min(rest.most, rest.least * 2 ** Math.min(failures, 20)), signal);
    }
  };

  void run();
  return {
    heard: () => heard,
    saw(latest) {
      const connection = open;
      if (connection === undefined) return;
      connection.told ??= latest;
      if (connection.told >= latest || connection.isWatched) return;
      connection.isWatched = true;
      void pause(patience, AbortSignal.any([signal, connection.drop.signal])).then(() => {
        connection.isWatched = false;
        if ((connection.told ?? latest) < latest) connection.drop.abort("silent");
      });
    },
  };
}

/** Resolves when the connection is over. */
function listen(
  url: string,
  signal: AbortSignal,
  { onOpen, onHead }: { readonly onOpen: () => void; readonly onHead: (head: ToldHead) => void },
): Promise<void> {
  const { url: place, headers } = endpointOf(url);
  const { dispatcher, drop } = droppable();
  const socket = new WebSocket(String(place).replace(/^http/, "ws"), { headers, dispatcher });
  const close = (): void => {
    socket.close();
    drop();
  };
  signal.addEventListener("abort", close, { once: true });
  return new Promise((resolve) => {
    const end = (): void => {
      signal.removeEventListener("abort", close);
      resolve();
    };
    socket.addEventListener("open", () => {
      if (signal.aborted) return close();
      onOpen();
      socket.send(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_subscribe", params: ["newHeads"] }));
    });
    socket.addEventListener("message", ({ data }) => {
      const head = toldIn(data);
      if (head !== undefined) onHead(head);
    });
    // An error is followed by the end, which is all that matters.
    socket.addEventListener("error", () => {});
    socket.addEventListener("close", end, { once: true });
  });
}

/** Connections that end at once: one that is closed in good order waits for the other side, which may hang. */
function droppable(): { readonly dispatcher: Agent; drop(): void } {
  const connect = buildConnector({});
  const sockets = new Set<Socket>();
  const dispatcher = new Agent({
    connect: (options, callback) =>
      connect(options, (...[error, socket]) => {
        if (error !== null) return callback(error, null);
        sockets.add(socket);
        socket.once("close", () => sockets.delete(socket));
        callback(null, socket);
      }),
  });
  return {
    dispatcher,
    drop() {
      for (const socket of sockets) socket.destroySoon();
    },
  };
}

/** The block that a message tells of, if it does. */
function toldIn(data: unknown): ToldHead | undefined {
  try {
    return Told.safeParse(JSON.parse(String(data))).data?.params.result;
  } catch {
    return undefined;
  }
}

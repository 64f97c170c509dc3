import { once } from "node:events";
import type { Server, ServerResponse } from "node:http";
import { BeltError } from "../pipeline/errors.ts";

export interface Place {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
}

export interface Listening {
  readonly url: string;
  /** Takes no more requests, lets those in progress finish for some seconds, and drops all connections. */
  close(): Promise<void>;
}

/** How long requests in progress may take when the server closes, in milliseconds. */
const grace = 2_000;

/**
 * Has a server listen.
 *
 * @throws {BeltError} `PORT_IN_USE`; `CONFIG_INVALID` for a host or port at which this machine cannot listen
 */
export async function listen(server: Server, { host, port }: Place): Promise<Listening> {
  const answering = new Set<ServerResponse>();
  let closing = false;
  /** A client that asks again on the same connection would never be refused. */
  const last = (response: ServerResponse): void => {
    if (!response.headersSent) response.setHeader("connection", "close");
  };
  server.prependListener("request", (_request, response: ServerResponse) => {
    answering.add(response);
    if (closing) last(response);
    response.once("close", () => answering.delete(response));
  });
  server.listen({ host, port, exclusive: true });
  const name = host.includes(":") ? `[${host}]` : host;
  try {
    await once(server, "listening");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    const at = `${name}:${port}`;
    if (code === "EADDRINUSE") throw new BeltError("PORT_IN_USE", `Port ${port} is in use.`, { at, cause });
    throw new BeltError("CONFIG_INVALID", `This machine cannot listen there (${String(code)}).`, {
      at,
      cause,
    });
  }
  const address = server.address();
  return {
    url: `http://${name}:${typeof address === "object" && address !== null ? address.port : port}`,
    async close() {
      closing = true;
      answering.forEach(last);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      // Connections that clients keep for later, or opened in advance, would hold the server for seconds.
      const drop = (): void => server.closeAllConnections();
      const late = setTimeout(drop, grace);
      await Promise.all([...answering].map((each) => new Promise((resolve) => each.once("close", resolve))));
      clearTimeout(late);
      drop();
      await closed;
    },
  };
}

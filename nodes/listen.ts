import { once } from "node:events";
import type { Server } from "node:http";
import { BeltError } from "../pipeline/errors.ts";

export interface Place {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
}

/**
 * Has a server listen, and resolves with its URL.
 *
 * @throws {BeltError} `PORT_IN_USE`; `CONFIG_INVALID` for a host or port at which this machine cannot listen
 */
export async function listen(server: Server, { host, port }: Place): Promise<string> {
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
  return `http://${name}:${typeof address === "object" && address !== null ? address.port : port}`;
}

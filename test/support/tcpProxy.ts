import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/**
 * What becomes of a piece of data on its way: it goes on, both ends lose their connection before it does, or it is lost and
 * nobody hears of it.
 */
export type Fate = "passes" | "cuts" | "vanishes";

/** A way to a server that can be cut at any piece of data. */
export class TcpProxy {
  readonly port: number;
  /** Where it leads from now on. */
  target: number;
  /** Asked for each piece: whose it is, and what it holds. */
  fate: (from: "client" | "server", data: Buffer) => Fate = () => "passes";
  readonly #server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: ReturnType<typeof createServer>, port: number, target: number) {
    this.#server = server;
    this.port = port;
    this.target = target;
  }

  /** @param at - its own port; any free one when it is left out */
  static async to(port: number, { at = 0 }: { readonly at?: number } = {}): Promise<TcpProxy> {
    const server = createServer();
    await once(server.listen(at, "127.0.0.1"), "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("The proxy has no port.");
    const proxy = new TcpProxy(server, address.port, port);
    server.on("connection", (client) => proxy.#join(client, connect(proxy.target, "127.0.0.1")));
    return proxy;
  }

  #join(client: Socket, server: Socket): void {
    const pair = [client, server];
    const end = (): void => {
      for (const socket of pair) {
        socket.destroy();
        this.#sockets.delete(socket);
      }
    };
    for (const socket of pair) {
      this.#sockets.add(socket);
      socket.on("error", end).on("close", end);
    }
    const pass = (from: "client" | "server", to: Socket) => (data: Buffer) => {
      const fate = this.fate(from, data);
      if (fate === "cuts") end();
      else if (fate === "passes") to.write(data);
    };
    client.on("data", pass("client", server));
    server.on("data", pass("server", client));
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { request } from "undici";
import { z } from "zod";

const Calls = z.array(z.object({ id: z.number(), method: z.string(), params: z.array(z.unknown()) }));
export type ProxiedCall = z.infer<typeof Calls>[number];

const Answers = z.array(z.looseObject({ id: z.number(), result: z.unknown().optional() }));
export type ProxiedAnswer = z.infer<typeof Answers>[number];

/** A JSON-RPC node between a test and the chain, that can misbehave like real ones. */
export interface RpcProxy {
  readonly url: string;
  /** All calls since the last time this was emptied. */
  calls: ProxiedCall[];
  /** Words with which a call is refused instead of passed on. */
  refuse: (call: ProxiedCall) => string | undefined;
  /** Changes an answer on its way back. */
  change: (call: ProxiedCall, answer: ProxiedAnswer) => void;
  /** The chain that it passes calls on to. */
  target: string;
  /** Whether requests are cut off unanswered. */
  down: boolean;
  stop(): Promise<void>;
}

export async function startProxy(target: string): Promise<RpcProxy> {
  const server = createServer(async (incoming, outgoing) => {
    try {
      const body = await json(incoming);
      if (proxy.down) return outgoing.destroy();
      const batch = Array.isArray(body);
      const calls = Calls.parse(batch ? body : [body]);
      proxy.calls.push(...calls);
      const answers: unknown[] = [];
      const passed: ProxiedCall[] = [];
      for (const call of calls) {
        const words = proxy.refuse(call);
        if (words === undefined) passed.push(call);
        else answers.push({ jsonrpc: "2.0", id: call.id, error: { code: -32_000, message: words } });
      }
      if (passed.length > 0) {
        const body = JSON.stringify(passed.map((call) => ({ jsonrpc: "2.0", ...call })));
        const response = await request(proxy.target, {
          method: "POST",
          body,
          headers: { "content-type": "application/json" },
        });
        for (const answer of Answers.parse(await response.body.json())) {
          const call = passed.find(({ id }) => id === answer.id);
          if (call) proxy.change(call, answer);
          answers.push(answer);
        }
      }
      outgoing.setHeader("content-type", "application/json");
      outgoing.end(JSON.stringify(batch ? answers : answers[0]));
    } catch {
      outgoing.destroy();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const proxy: RpcProxy = {
    url: `http://127.0.0.1:${port}`,
    target,
    calls: [],
    refuse: () => undefined,
    change: () => undefined,
    down: false,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}

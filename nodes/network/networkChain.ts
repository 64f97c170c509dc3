import { z } from "zod";
import { BeltError } from "../../pipeline/errors.ts";
import { startChain } from "../ledger/index.ts";
import type { Crash } from "./children.ts";
import type { Lifetime } from "./lifetime.ts";
import type { Places } from "./places.ts";

/** The chain that a network is on. */
export interface NetworkChain {
  readonly url: string;
  /** All of its nodes that members use, `url` first. */
  readonly urls: readonly string[];
  readonly chainId: number;
  /** The number of its process; undefined when it ran already. */
  readonly pid: number | undefined;
}

/**
 * Starts a chain that ends with the network, or sees which one answers at the URLs.
 *
 * @throws {BeltError} as {@link askChain}; `PORT_IN_USE`, `CHAIN_FAILED`
 */
export async function openChain(
  ledgerUrls: readonly string[],
  { chainPort, releaseChain }: Places,
  { signal, atEnd }: Lifetime,
  crashed: (crash: Crash) => void,
): Promise<NetworkChain> {
  const [url] = ledgerUrls;
  if (url !== undefined) {
    const [chainId = 0, ...others] = await Promise.all(ledgerUrls.map((each) => askChain(each, signal)));
    if (others.some((other) => other !== chainId)) {
      throw new BeltError("LEDGER_WRONG_CHAIN", "The URLs are of different chains.", { at: "--ledger" });
    }
    return { url, urls: ledgerUrls, chainId, pid: undefined };
  }
  await releaseChain();
  const chain = await startChain({ port: chainPort, signal });
  let asked = false;
  atEnd(() => {
    asked = true;
    return chain.stop();
  });
  void chain.ended.then((code) => {
    if (asked || signal.aborted) return;
    const how = code === null ? "" : ` with code ${code}`;
    const problem = new BeltError("PROCESS_ENDED", `The chain ended by itself${how}.`, { at: chain.url });
    crashed({ name: "the chain", problem, lines: [] });
  });
  return { ...chain, urls: [chain.url] };
}

const Answer = z.object({ result: z.string().regex(/^0x[0-9a-f]{1,12}$/) });

/** How long a chain may take to answer, in milliseconds. */
const patience = 10_000;

/**
 * Asks which chain answers at a URL.
 *
 * @throws {BeltError} `USAGE_INVALID` for what is no URL, `LEDGER_UNREACHABLE` when nothing answers there, or not as a
 *   ledger's JSON-RPC node does
 */
async function askChain(url: string, signal: AbortSignal): Promise<number> {
  const at = "--ledger";
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? "")) {
    throw new BeltError("USAGE_INVALID", "The ledger's URL is no http or https URL.", { at });
  }
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] });
  const headers = { "content-type": "application/json" };
  const within = AbortSignal.any([signal, AbortSignal.timeout(patience)]);
  let answer: unknown;
  try {
    const response = await fetch(url, { method: "POST", body, headers, signal: within });
    answer = await response.json();
  } catch (cause) {
    signal.throwIfAborted();
    throw new BeltError("LEDGER_UNREACHABLE", "No ledger answers at the URL.", { at, cause });
  }
  const parsed = Answer.safeParse(answer);
  if (parsed.success) return Number(parsed.data.result);
  throw new BeltError("LEDGER_UNREACHABLE", "What answers at the URL is no ledger's JSON-RPC node.", { at });
}

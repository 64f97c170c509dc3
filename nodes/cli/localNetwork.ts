import { BeltError } from "../../pipeline/errors.ts";
import { findLocalLedger } from "../ledger/index.ts";
import { reservePorts } from "../network/index.ts";

type Settings = Readonly<Record<string, string | undefined>>;

/** Where the chain of `belt up` answers, unless it was given other ports. */
const chainUrl = "http://127.0.0.1:7500";

/** A newcomer's ports are the first two that are free from a node's usual ones on: `belt up` has those behind. */
const firstPort = 7_300;
const lastPort = 7_398;

/**
 * Adds what a node on the network of `belt up` needs: the ledger, and two free ports. What is given stays.
 *
 * @throws {BeltError} `LEDGER_UNREACHABLE` when there is no such network, `LEDGER_NO_DIRECTORY`, `PORT_IN_USE`
 */
export async function onLocalNetwork(given: Settings): Promise<Settings> {
  const url = given["ledger.url"] ?? chainUrl;
  const [{ directory, chainId }, [port, apiPort]] = await Promise.all([ledgerAt(url), freePair()]);
  return {
    ...given,
    "ledger.url": url,
    "ledger.directory": given["ledger.directory"] ?? directory,
    "ledger.chainId": given["ledger.chainId"] ?? String(chainId),
    "listen.port": given["listen.port"] ?? String(port),
    "api.port": given["api.port"] ?? String(apiPort),
  };
}

async function ledgerAt(url: string) {
  try {
    return await findLocalLedger(url);
  } catch (error) {
    if (!(error instanceof BeltError) || error.code !== "LEDGER_UNREACHABLE") throw error;
    const words = `No local network answers at ${url}: start it with belt up, or name its chain's URL.`;
    throw new BeltError("LEDGER_UNREACHABLE", words, { at: "--ledger-url", cause: error });
  }
}

async function freePair(): Promise<readonly number[]> {
  for (let first = firstPort; ; first += 2) {
    try {
      const { ports, release } = await reservePorts(first, ["the node", "its operator's API"]);
      await release();
      return ports;
    } catch (error) {
      if (!(error instanceof BeltError) || error.code !== "PORT_IN_USE" || first >= lastPort) throw error;
    }
  }
}

import type { Deployment } from "../ledger/index.ts";
import type { BeltFolder } from "./beltFolder.ts";
import type { Crash } from "./children.ts";
import { createLifetime } from "./lifetime.ts";
import type { MemberNode } from "./memberNode.ts";
import type { NetworkChain } from "./networkChain.ts";
import { setUp } from "./setUp.ts";
import type { Step } from "./steps.ts";

export interface NetworkOptions {
  /** The folder of a belt, with its members.json. */
  readonly belt: string;
  /** How many members; as many as the belt describes when absent. */
  readonly members?: number | undefined;
  /** The folder of what is kept; made when it is not there. */
  readonly data: string;
  /** The first port: members take two each, the chain the hundredth after it. 0 (the default) for free ones. */
  readonly port?: number | undefined;
  /**
   * JSON-RPC URLs of a development chain that runs already; without any, one is started. When they are several nodes
   * of one network, members take turns among them.
   */
  readonly ledgerUrls?: readonly string[] | undefined;
  /** Stops the network, also while it starts. */
  readonly signal?: AbortSignal | undefined;
  readonly report?: ((step: Step) => void) | undefined;
  /** Told of every process that ends by itself once the network is up. */
  readonly crashed?: ((crash: Crash) => void) | undefined;
}

/** A local network that is up: the chain and every node a process of its own. */
export interface Network {
  readonly belt: BeltFolder;
  /** The belt's id on the ledger. */
  readonly beltId: string;
  readonly data: string;
  readonly chain: NetworkChain;
  readonly deployment: Deployment;
  readonly members: readonly MemberNode[];
  /** The member that publishes the belt and books its cases. */
  readonly consumer: MemberNode;
  /** Where stores went that belong to an earlier ledger. */
  readonly setAside: readonly string[];
  /** @throws {BeltError} `NOT_FOUND` */
  member(name: string): MemberNode;
  /** Admits one more member, without stations, and starts its node. */
  add(): Promise<MemberNode>;
  /** The processes that run, the chain's among them. */
  readonly pids: readonly number[];
  /** Stops everything in good order; resolves when no process is left. */
  stop(): Promise<void>;
  /** Kills everything at once. */
  kill(): void;
}

/**
 * Starts a local network: chain, contracts, members, sources, nodes, offers and belt. Whatever goes wrong, nothing is
 * left running.
 *
 * @throws {BeltError} `PORT_IN_USE` before anything is started, `DATA_IN_USE`, `NOT_FOUND` for a folder without a belt,
 *   `USAGE_INVALID` for a number of members, `PROCESS_ENDED`, `NODE_NOT_READY`, and what ledger or nodes refuse
 * @throws the signal's reason when it is aborted first
 */
export async function startNetwork(options: NetworkOptions): Promise<Network> {
  const lifetime = createLifetime(options.signal);
  try {
    const network = await setUp(options, lifetime);
    lifetime.isUp();
    return network;
  } catch (error) {
    const first: unknown = lifetime.signal.aborted ? lifetime.signal.reason : error;
    await lifetime.end();
    throw first;
  }
}

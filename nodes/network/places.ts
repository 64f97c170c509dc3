import type { DataFolder } from "./dataFolder.ts";
import type { MemberPlace } from "./memberNode.ts";
import { type Reservation, reservePorts } from "./ports.ts";

/** How far the chain's port is from the first one. */
const chainOffset = 100;

export interface Places {
  readonly members: readonly MemberPlace[];
  /** 0 for any that is free. */
  readonly chainPort: number;
  /** Lets go of the chain's port, just before it is started. */
  releaseChain(): Promise<void>;
  /** Lets go of the members' ports, just before their nodes are started. */
  releaseMembers(): Promise<void>;
}

export interface PlacesOptions {
  /** The first port, or 0 for free ones. */
  readonly port: number;
  /** Whether a chain needs a port too. */
  readonly chain: boolean;
}

/**
 * Finds a place for every member: its folder, and two ports.
 *
 * @param first - the place of the first of these members among all of the network
 * @throws {BeltError} `PORT_IN_USE`, with what the port was for
 */
export async function reservePlaces(
  names: readonly string[],
  folder: DataFolder,
  { port, chain }: PlacesOptions,
  first = 0,
): Promise<Places> {
  const uses = names.flatMap((name) => [`the node of ${name}`, `the operator API of ${name}`]);
  const held = await reservePorts(port === 0 ? 0 : port + 2 * first, uses);
  let forChain: Reservation | undefined;
  try {
    // A chain says itself which port it found; the members' ports must be known before they are used.
    if (chain && port !== 0) forChain = await reservePorts(port + chainOffset, ["the chain"]);
  } catch (error) {
    await held.release();
    throw error;
  }
  return {
    members: names.map((name, index) => ({
      name,
      folder: folder.memberFolder(name),
      ports: [held.ports[2 * index] ?? 0, held.ports[2 * index + 1] ?? 0],
    })),
    chainPort: forChain?.ports[0] ?? 0,
    releaseChain: async () => forChain?.release(),
    releaseMembers: () => held.release(),
  };
}

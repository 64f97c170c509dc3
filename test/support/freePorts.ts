import { reservePorts } from "../../nodes/network/index.ts";

/**
 * Ports of this machine that nobody listens on at the moment, all different. They are not among those that the system
 * gives to outgoing connections, one of which might have them a moment later.
 */
export async function freePorts(count: number): Promise<readonly number[]> {
  const { ports, release } = await reservePorts(
    0,
    Array.from({ length: count }, () => "a test"),
  );
  await release();
  return ports;
}

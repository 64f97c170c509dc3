import type { Logger } from "pino";
import type { Clock } from "./engine/index.ts";
import type { Place } from "./listen.ts";
import type { RunningNode } from "./node.ts";
import type { Joining, Over } from "./workers/index.ts";

/** Where a node listens. */
export interface Faces {
  readonly listen: Place;
  readonly api: Place;
}

export interface AnewParts {
  readonly faces: Faces;
  readonly log: Pick<Logger, "info" | "error">;
  readonly clock: Pick<Clock, "sleep">;
  readonly signal: AbortSignal;
  /**
   * Starts the node.
   *
   * @param over - is to be told why it has to begin anew
   */
  start(faces: Faces, how: { signal: AbortSignal; over: Over; joins: Joining }): Promise<RunningNode>;
}

/** Milliseconds before a start that failed is tried again: first, and at most; each is twice the one before. */
const rest = { least: 1_000, most: 60_000 };

/**
 * Runs a node that may have to begin anew, under the same addresses, because its part among its member's workers has
 * changed. Starting is what takes up work that was left, so there is one way to do that, whatever the reason.
 *
 * @throws what the first start throws
 */
export async function runAnew({ faces, log, clock, signal, start }: AnewParts): Promise<RunningNode> {
  let joins: Joining = "candidate";

  async function begin(at: Faces): Promise<RunningNode> {
    const ending = new AbortController();
    const over: Over = (why, next) => {
      log.info({ why }, "The node begins anew.");
      joins = next;
      ending.abort(why);
    };
    try {
      return await start(at, { signal: AbortSignal.any([signal, ending.signal]), over, joins });
    } catch (error) {
      if (!ending.signal.aborted || signal.aborted) throw error;
      return begin(at);
    }
  }

  const first = await begin(faces);
  const bound: Faces = { listen: boundTo(faces.listen, first.url), api: boundTo(faces.api, first.apiUrl) };

  async function runUntilStopped(): Promise<void> {
    let running: RunningNode | undefined = first;
    let pause = rest.least;
    while (!signal.aborted) {
      await running?.stopped;
      if (signal.aborted) return;
      running = await begin(bound).catch(async (error: unknown) => {
        if (!signal.aborted) log.error({ err: error }, "The node cannot start; it is tried again.");
        await clock.sleep(pause, signal);
        return undefined;
      });
      pause = running === undefined ? Math.min(2 * pause, rest.most) : rest.least;
    }
    await running?.stopped;
  }

  return { url: first.url, apiUrl: first.apiUrl, stopped: runUntilStopped() };
}

/** The place with the port that the system gave, if it was to choose one. */
const boundTo = (place: Place, url: string): Place => ({ ...place, port: Number(new URL(url).port) });

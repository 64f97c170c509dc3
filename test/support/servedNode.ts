import { type Running, start } from "./command.ts";
import { until } from "./until.ts";

/** A node that runs as a process of its own. */
export interface RunningNode extends Running {
  /** Where partners, and where its operator reach it. */
  readonly url: string;
  readonly api: string;
}

export interface ServeOptions {
  /** More of the command line. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs the node of a folder (`belt serve`) until the test ends; resolves when it is up.
 *
 * @throws {Error} with its last words when it ends before
 */
export async function serveNode(
  folder: string,
  { args = [], env = {} }: ServeOptions = {},
): Promise<RunningNode> {
  const running = start(["serve", ...args], { folder, env });
  const ended = running.ended.then(({ stderr }) => {
    throw new Error(`The node ended: ${stderr}`);
  });
  ended.catch(() => undefined);
  const ready = until(() => running.stdout().split("\n")[1] !== undefined && running.stdout(), {
    what: "the node's first line",
  });
  const { url, api } = JSON.parse(await Promise.race([ready, ended]));
  return { ...running, url: String(url), api: String(api) };
}

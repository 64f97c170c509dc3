import { resolve } from "node:path";
import { BeltError } from "../../pipeline/errors.ts";
import { createApiClient, type NodeOperations } from "../api/index.ts";
import { type Config, loadConfig } from "../config.ts";
import { readToken } from "../keys/index.ts";
import type { NodeOptions } from "./command.ts";

/** Where the operator's API of a node is, and the token that it asks for. */
export interface ApiPlace {
  readonly url: string;
  readonly token: string;
}

/**
 * A running node's operations, found by the options, the environment and the configuration.
 *
 * @throws {BeltError} `CONFIG_MISSING`, `CONFIG_INVALID`, `KEYS_MISSING` and the like, `USAGE_INVALID`
 */
export async function connect(options: NodeOptions): Promise<NodeOperations> {
  return createApiClient(await findApi(options));
}

/** Throws like {@link connect}. */
export async function findApi(options: NodeOptions): Promise<ApiPlace> {
  const { BELT_API_URL, BELT_API_TOKEN, BELT_DATA } = process.env;
  const url = options.api ?? (BELT_API_URL || undefined);
  const token = BELT_API_TOKEN || undefined;
  const data = options.data ?? (BELT_DATA || undefined);
  // Someone who says both needs no configuration here.
  if (url !== undefined && (token ?? data) !== undefined) {
    return { url: checkUrl(url), token: token ?? (await readToken(resolve(data ?? "."))) };
  }
  const { config } = await loadConfig({
    file: options.config,
    folder: process.cwd(),
    env: process.env,
    flags: { data: options.data },
  });
  return {
    url: url === undefined ? apiUrlOf(config) : checkUrl(url),
    token: token ?? (await readToken(config.data)),
  };
}

/** Where a node with this configuration has its operator's API. */
export function apiUrlOf({ api: { host, port } }: Config): string {
  if (port === 0) {
    throw new BeltError("USAGE_INVALID", "The API's port is not fixed in the configuration; name its URL.", {
      at: "--api",
    });
  }
  // A node that listens everywhere is reached at this machine's own address.
  const reached = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `http://${reached.includes(":") ? `[${reached}]` : reached}:${port}`;
}

function checkUrl(url: string): string {
  if (/^https?:$/.test(URL.parse(url)?.protocol ?? "")) return url;
  throw new BeltError("USAGE_INVALID", "The API's URL is no http or https URL.", { at: "--api" });
}

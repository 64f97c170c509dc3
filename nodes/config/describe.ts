import type { Json } from "../../pipeline/json.ts";
import { settings } from "../settings.ts";
import type { LoadedConfig } from "./load.ts";
import type { Origin } from "./merge.ts";

/** One value of the configuration and where it comes from. */
export interface ConfigLine {
  readonly setting: string;
  readonly value: Json;
  readonly origin: Origin;
  /** The pointer in the file, the variable or the flag; empty for a default. */
  readonly at: string;
}

/**
 * Every setting with its value and source, without secrets: of the ledger's URL only the host is shown, since
 * providers put keys in the rest, and of the stations' settings only the names.
 */
export function describeConfig({ config, sources }: LoadedConfig): ConfigLine[] {
  return settings.map(({ path }) => {
    const source = sources.get(path);
    return {
      setting: path,
      value: shown(path, config),
      origin: source?.origin ?? "default",
      at: source?.at ?? "",
    };
  });
}

function shown(path: string, config: LoadedConfig["config"]): Json {
  if (path === "stations") {
    return config.stations.map(({ module, settings: own }) => ({
      module,
      settings: Object.fromEntries(Object.keys(own).map((name) => [name, "…"])),
    }));
  }
  if (path === "ledger.url") return withoutSecrets(config.ledger.url);
  if (path === "store") return config.store === undefined ? null : withoutSecrets(config.store);
  if (path === "traces.endpoint") {
    const { endpoint } = config.traces;
    return endpoint === undefined ? null : withoutSecrets(endpoint);
  }
  if (path === "url") return withoutSecrets(config.url);
  let value: unknown = config;
  for (const part of path.split(".")) {
    value = typeof value === "object" && value !== null ? Reflect.get(value, part) : undefined;
  }
  return typeof value === "string" || typeof value === "number" ? value : null;
}

/** A URL as it may be shown: without user, password, path and query, where keys are put. */
export function withoutSecrets(url: string): string {
  const { protocol, host, pathname, search, username } = new URL(url);
  const hidden = username !== "" || search !== "" || pathname.replaceAll("/", "") !== "";
  return `${protocol}//${host}${hidden ? "/…" : ""}`;
}

import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { z } from "zod";
import { BeltError } from "../../pipeline/errors.ts";
import type { Json } from "../../pipeline/json.ts";
import { flagOf, variableOf } from "../settings.ts";
import type { Source } from "./merge.ts";
import type { Config } from "./schema.ts";

type Parsed = z.output<typeof Config>;

/** Where relative paths start: those of the file in the file's folder, those of flags in the working folder. */
export interface Folders {
  readonly file: string;
  readonly working: string;
}

/**
 * Makes a checked configuration complete: paths absolute, the public URL filled in.
 *
 * @throws {BeltError} `CONFIG_INVALID` when the public URL cannot be told from where the node listens
 */
export function complete(parsed: Parsed, sources: ReadonlyMap<string, Source>, folders: Folders): Config {
  const folderOf = (path: string): string => {
    const origin = sources.get(path)?.origin ?? "file";
    return origin === "file" ? folders.file : folders.working;
  };
  const base = folderOf("stations");
  return {
    ...parsed,
    data: resolve(folderOf("data"), parsed.data),
    url: publicUrl(parsed),
    stations: parsed.stations.map(({ module, settings }) => ({
      module: modulePath(module, base),
      settings: Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, paths(value, base)])),
    })),
  };
}

function publicUrl({ url, listen: { host, port } }: Parsed): string {
  if (url !== undefined) return url.replace(/\/+$/, "");
  const everywhere = host === "0.0.0.0" || host === "::";
  if (port === 0 || everywhere) {
    throw new BeltError(
      "CONFIG_INVALID",
      `A node that listens ${everywhere ? `at ${host}` : "with port 0"} must say under which URL partners reach it.`,
      { at: `url, ${variableOf("url")} or ${flagOf("url")}` },
    );
  }
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

const modulePath = (module: string, base: string): string =>
  module.startsWith("file:") ? fileURLToPath(module) : resolve(base, module);

/** Makes the texts that are relative paths absolute, however deep they are. */
function paths(value: Json, base: string): Json {
  if (typeof value === "string") return /^\.{1,2}\//.test(value) ? resolve(base, value) : value;
  if (Array.isArray(value)) return value.map((each) => paths(each, base));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, paths(each, base)]));
}

import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { BeltError } from "../../pipeline/errors.ts";
import { complaintOf } from "../parse.ts";
import { flagOf, settings, variableOf } from "../settings.ts";
import { complete } from "./complete.ts";
import { type ConfigValues, type Merged, merge, type Source, sourceOf } from "./merge.ts";
import { Config } from "./schema.ts";

export interface ConfigInput extends ConfigValues {
  /** The configuration file as it was named; without it `belt.config.json` in `folder`, if it is there. */
  readonly file?: string | undefined;
  /** The working folder: where a file that is not named is, and where relative paths of flags start. */
  readonly folder: string;
}

export interface LoadedConfig {
  readonly config: Config;
  /** The file that was read; undefined when flags and variables gave everything. */
  readonly file: string | undefined;
  /** The source of every value that is not a default, by its setting. */
  readonly sources: ReadonlyMap<string, Source>;
  /** What is probably a mistake, such as a variable with a name that nothing reads. */
  readonly warnings: readonly string[];
}

export const configFileName = "belt.config.json";

/** Variables that are read elsewhere: they are no settings of the configuration, or are secrets. */
const otherVariables = ["BELT_CONFIG", "BELT_PASSPHRASE", "BELT_API_URL", "BELT_API_TOKEN"];

/**
 * The configuration from file, environment and flags; later ones are stronger, value by value.
 *
 * @throws {BeltError} `CONFIG_MISSING`; `CONFIG_INVALID` at the file's pointer, the variable or the flag
 */
export async function loadConfig(input: ConfigInput): Promise<LoadedConfig> {
  const { BELT_CONFIG: variable } = input.env;
  const named = input.file ?? (variable || undefined);
  const path = resolve(input.folder, named ?? configFileName);
  const text = await read(path, named !== undefined);
  const merged = merge(input, path, text);
  const parsed = Config.safeParse(merged.value);
  if (!parsed.success) throw refusal(complaintOf(parsed.error), merged, text === undefined, path);
  const file = text === undefined ? undefined : path;
  const folders = { file: file === undefined ? input.folder : dirname(file), working: input.folder };
  return {
    config: complete(parsed.data, merged.sources, folders),
    file,
    sources: merged.sources,
    warnings: unknownVariables(input.env),
  };
}

async function read(file: string, named: boolean): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const absent = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    if (absent && !named) return undefined;
    throw absent
      ? new BeltError("CONFIG_MISSING", "The configuration file does not exist.", { at: file, cause })
      : new BeltError("FILE_UNREADABLE", "The configuration file cannot be read.", { at: file, cause });
  }
}

function refusal(
  { path, sentence }: ReturnType<typeof complaintOf>,
  { sources }: Merged,
  withoutFile: boolean,
  file: string,
): BeltError {
  const source = sourceOf(path, sources);
  const name = path.join(".");
  if (withoutFile && source === undefined) {
    return new BeltError(
      "CONFIG_MISSING",
      `There is no ${configFileName} here, and neither ${variableOf(name)} nor ${flagOf(name)} gives ${name}.`,
      { at: file },
    );
  }
  const inFile = source === undefined || source.origin === "file";
  return new BeltError("CONFIG_INVALID", sentence, { at: inFile ? `${file}#/${path.join("/")}` : source.at });
}

function unknownVariables(env: ConfigInput["env"]): string[] {
  const known = new Set([...settings.map(({ path }) => variableOf(path)), ...otherVariables]);
  return Object.keys(env)
    .filter((name) => name.startsWith("BELT_") && !known.has(name))
    .map((name) => `${name} is set, but nothing reads a variable of that name.`);
}

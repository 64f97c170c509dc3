import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { BeltError } from "../../pipeline/errors.ts";
import { isObject, type Json, type JsonObject } from "../../pipeline/json.ts";

/**
 * `members.json` of an example belt: who takes part in a local network and what each member runs there.
 *
 * Modules and files are named relative to the belt's folder. Settings of stations and databases of sources may
 * hold two placeholders, which the local network fills in once the places are known ({@link fillIn}):
 * `{source:NAME}` is the base URL of a source of the same member (`http://127.0.0.1:PORT`), `{data}` the member's
 * data folder.
 */
const Slug = z
  .string()
  .regex(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/, "use lower-case letters, digits and single hyphens")
  .max(48);
const RelativePath = z
  .string()
  .regex(/^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$)).+$/, "use a path inside the belt's folder");
const Settings = z.record(z.string(), z.json());

/** A service that the member runs beside its node: `node MODULE --port N --database FILE`, prints `{"port":N}`. */
const SourceService = z.strictObject({
  name: Slug,
  module: RelativePath,
  database: z.string().min(1),
});

/** A program that runs once, before the node starts: `node MODULE --database FILE` writes the member's database. */
const SeedProgram = z.strictObject({
  module: RelativePath,
  database: z.string().min(1),
});

/** A station that the member offers: the module's default export, its settings and the terms of its offer. */
const OfferedStation = z.strictObject({
  module: RelativePath,
  settings: Settings.default({}),
  /** Of one case, in the ledger's smallest unit. */
  price: z.int().nonnegative(),
  deadlineSeconds: z.int().min(1).max(0xffff_ffff),
  /** Cases of a sheet at most. */
  capacity: z.int().min(1).max(1024),
});

const LocalMember = z.strictObject({
  name: Slug,
  kinds: z.array(z.enum(["producer", "consumer", "network-supplier", "auditor", "supervisor"])).min(1),
  sources: z.array(SourceService).default([]),
  seeds: z.array(SeedProgram).default([]),
  stations: z.array(OfferedStation).default([]),
});

const MembersFile = z.strictObject({
  /** The belt's template. */
  belt: RelativePath,
  /** The synthetic cases, a JSON array. */
  cases: RelativePath,
  /** The member that publishes the belt and books its cases. */
  consumer: Slug,
  members: z.array(LocalMember).min(1),
});

export type SourceService = z.infer<typeof SourceService>;
export type SeedProgram = z.infer<typeof SeedProgram>;
export type LocalMember = z.infer<typeof LocalMember>;
export type MembersFile = z.infer<typeof MembersFile>;

/**
 * Reads a `members.json` that was parsed from JSON.
 *
 * @throws {BeltError} `INPUT_INVALID` with the place, also when a name is used twice, the consumer is no member,
 *   or a placeholder names a source that the member does not run.
 */
export function parseMembers(value: unknown): MembersFile {
  const parsed = MembersFile.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new BeltError("INPUT_INVALID", issue?.message ?? "The members' file has another form.", {
      at: `/${(issue?.path ?? []).join("/")}`,
    });
  }
  const file = parsed.data;
  refuseTwice(file.members, "/members");
  for (const [index, member] of file.members.entries()) {
    refuseTwice(member.sources, `/members/${index}/sources`);
    const urls = Object.fromEntries(member.sources.map(({ name }) => [name, ""]));
    for (const [station, { settings }] of member.stations.entries()) {
      fillIn(settings, { data: "", sources: urls }, `/members/${index}/stations/${station}/settings`);
    }
  }
  if (!file.members.some(({ name, kinds }) => name === file.consumer && kinds.includes("consumer"))) {
    throw new BeltError("INPUT_INVALID", `"${file.consumer}" is not a member of the kind consumer.`, {
      at: "/consumer",
    });
  }
  return file;
}

/** Where a member's things are: its data folder, and the base URL of each of its sources by name. */
export interface Places {
  readonly data: string;
  readonly sources: Readonly<Record<string, string>>;
}

/**
 * Replaces the placeholders in every text of the settings.
 *
 * @param at where the settings stand, for the error
 * @throws {BeltError} `INPUT_INVALID` for a placeholder that is unknown.
 */
export function fillIn(settings: JsonObject, places: Places, at = ""): JsonObject {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, fillInValue(value, places, `${at}/${name}`)]),
  );
}

/** Replaces the placeholders in one text, such as the path of a database. */
export function fillInText(text: string, places: Places, at = ""): string {
  return text.replaceAll(/\{([^{}]*)\}/g, (placeholder, name: string) => {
    if (name === "data") return places.data;
    const source = name.startsWith("source:") ? name.slice("source:".length) : undefined;
    const url =
      source !== undefined && Object.hasOwn(places.sources, source) ? places.sources[source] : undefined;
    if (url === undefined) {
      throw new BeltError("INPUT_INVALID", `The member has nothing to put in the place of ${placeholder}.`, {
        at,
      });
    }
    return url;
  });
}

function fillInValue(value: Json, places: Places, at: string): Json {
  if (typeof value === "string") return fillInText(value, places, at);
  if (Array.isArray(value)) {
    return value.map((item: Json, index) => fillInValue(item, places, `${at}/${index}`));
  }
  if (isObject(value)) return fillIn(value, places, at);
  return value;
}

function refuseTwice(named: readonly { readonly name: string }[], at: string): void {
  for (const [index, { name }] of named.entries()) {
    if (named.findIndex((other) => other.name === name) !== index) {
      throw new BeltError("INPUT_INVALID", `The name "${name}" is used twice.`, {
        at: `${at}/${index}/name`,
      });
    }
  }
}

/** A module's path in the belt's folder. Modules are named by their sources; a built copy has them as JavaScript. */
export function modulePath(folder: string, module: string): string {
  const built = join(folder, module.replace(/\.ts$/, ".js"));
  return existsSync(built) ? built : join(folder, module);
}

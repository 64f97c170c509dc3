import { formatPointer } from "../case/index.ts";
import { BeltError } from "../errors.ts";
import { isObject, type Json, type JsonObject } from "../json.ts";
import type { BeltDocument } from "./document.ts";
import { documentHash, parseBelt } from "./parse.ts";

export interface Fork {
  /** The fork's name; the parent's if it is left out. */
  readonly belt?: string;
  readonly version: string;
  /**
   * What is different, as a JSON Merge Patch (RFC 7396) of the document: members replace those of the parent, null
   * removes them. `{"stations": {"home": null}, "result": {"/value": null}}` leaves a station out.
   */
  readonly changes?: JsonObject;
}

/**
 * A new belt that descends from another one: the parent's document, changed, with the parent's hash in it.
 *
 * @param hash the parent's, as the ledger names it
 * @throws {BeltError} `INPUT_INVALID` when the hash is not the document's; `BELT_INVALID` when the fork has the
 *   parent's name and version, or is not a belt document any more
 */
export function forkBelt(document: BeltDocument, hash: string, fork: Fork): BeltDocument {
  const { belt = document.belt, version, changes = {} } = fork;
  if (documentHash(document) !== hash) {
    throw new BeltError("INPUT_INVALID", "The hash is not that of the belt that is forked.", { at: hash });
  }
  if (belt === document.belt && version === document.version) {
    throw new BeltError("BELT_INVALID", "A fork has a name or a version of its own.", { at: "/version" });
  }
  for (const name of ["belt", "version", "parent"]) {
    if (!Object.hasOwn(changes, name)) continue;
    throw new BeltError("BELT_INVALID", `The ${name} of a fork is not one of its changes.`, {
      at: formatPointer([name]),
    });
  }
  return parseBelt({ ...objectOf(mergePatch(document, changes)), belt, version, parent: hash });
}

function objectOf(value: Json): JsonObject {
  return isObject(value) ? value : {};
}

/** Applies a JSON Merge Patch (RFC 7396, section 2). */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const members = new Map(isObject(target) ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) members.delete(name);
    else members.set(name, mergePatch(members.get(name), value));
  }
  return Object.fromEntries(members);
}

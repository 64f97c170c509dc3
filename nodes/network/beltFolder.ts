import { readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { z } from "zod";
import { BeltError } from "../../pipeline/errors.ts";
import type { Json, JsonObject } from "../../pipeline/json.ts";
import { BeltTemplate } from "../api/index.ts";
import { parseJson, parseWith } from "../parse.ts";
import { type MembersFile, parseMembers } from "./members.ts";

/** A belt as a folder has it: its template, synthetic cases, and who runs what. */
export interface BeltFolder {
  readonly name: string;
  readonly folder: string;
  readonly template: BeltTemplate;
  readonly cases: readonly JsonObject[];
  readonly members: MembersFile;
}

const Cases = z.array(z.record(z.string(), z.json())).min(1).max(1_024);

/**
 * Reads the folder of a belt: `members.json` names the rest.
 *
 * @throws {BeltError} `NOT_FOUND` when there is no belt, `JSON_INVALID` and `INPUT_INVALID` with file and place
 */
export async function readBeltFolder(path: string): Promise<BeltFolder> {
  const folder = resolve(path);
  const members = parseMembers(await readJson(join(folder, "members.json")));
  const beltFile = join(folder, members.belt);
  const casesFile = join(folder, members.cases);
  const [belt, cases] = await Promise.all([readJson(beltFile), readJson(casesFile)]);
  return {
    name: basename(folder),
    folder,
    template: parseWith(BeltTemplate, belt, { at: `${beltFile}#` }),
    cases: parseWith(Cases, cases, { at: `${casesFile}#` }),
    members,
  };
}

async function readJson(file: string): Promise<Json> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    throw new BeltError("NOT_FOUND", "A belt's folder has no such file.", { at: file, cause });
  }
  return parseJson(text, file);
}

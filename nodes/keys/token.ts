import { join } from "node:path";
import { BeltError } from "../../pipeline/errors.ts";
import { readPrivate } from "./privateFile.ts";

/** The file of the operator's API token. It has no passphrase, since commands need it and the keys do not. */
export const tokenFile = (folder: string): string => join(folder, "keys", "api-token");

/**
 * The token that the operator's API asks for, from the node's data folder.
 *
 * @throws {BeltError} `KEYS_MISSING`, `KEYS_EXPOSED`, `KEYS_DAMAGED`, `FILE_UNREADABLE`
 */
export async function readToken(folder: string): Promise<string> {
  const file = tokenFile(folder);
  const token = (await readPrivate(file)).toString("utf8").trim();
  if (!/^[A-Za-z0-9_-]{43}$/.test(token)) {
    throw new BeltError("KEYS_DAMAGED", "The file does not hold an API token.", { at: file });
  }
  return token;
}

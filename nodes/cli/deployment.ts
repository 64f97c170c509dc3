import { Deployment } from "../ledger/index.ts";
import { parseWith } from "../parse.ts";
import { readJson } from "./input.ts";

/**
 * The file that the deployment of the contracts wrote.
 *
 * @throws {BeltError} `FILE_UNREADABLE`, `JSON_INVALID`, `INPUT_INVALID` at the pointer
 */
export async function readDeployment(file: string): Promise<Deployment> {
  return parseWith(Deployment, await readJson(file), { at: `${file}#` });
}

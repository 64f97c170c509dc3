import { BeltError } from "../../pipeline/errors.ts";
import { readInput } from "./input.ts";

const atTerminal = (): boolean => process.stdin.isTTY === true && process.stdout.isTTY === true;

/** The passphrase that was given for the keys, by file or environment; undefined when none was. */
export async function givenPassphrase(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) {
    const { BELT_PASSPHRASE } = process.env;
    return BELT_PASSPHRASE || undefined;
  }
  // The line's end belongs to the file, not to the passphrase.
  const passphrase = (await readInput(file)).text.replace(/\r?\n$/, "");
  if (passphrase === "") throw new BeltError("PASSPHRASE_MISSING", "The passphrase is empty.", { at: file });
  return passphrase;
}

/** The passphrase that new keys are put under; undefined for none. Asks at a terminal. */
export async function newPassphrase(file: string | undefined): Promise<string | undefined> {
  const given = await givenPassphrase(file);
  if (given !== undefined || !atTerminal()) return given;
  const { askNewPassphrase } = await import("./prompt.ts");
  return askNewPassphrase();
}

/** The passphrase of keys that are to be opened, if they are under one. Asks at a terminal. */
export async function passphraseOf(data: string, file: string | undefined): Promise<string | undefined> {
  const given = await givenPassphrase(file);
  if (given !== undefined || !atTerminal()) return given;
  const { describeIdentity } = await import("../identity.ts");
  const { encrypted } = await describeIdentity(data);
  if (!encrypted) return undefined;
  const { askPassphrase } = await import("./prompt.ts");
  return askPassphrase();
}

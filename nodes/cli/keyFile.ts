import { Wallet } from "ethers";
import { BeltError } from "../../pipeline/errors.ts";
import { readPrivate } from "../keys/index.ts";

/**
 * The account whose private key a file holds: 0x and 64 hexadecimal digits.
 *
 * @throws {BeltError} `KEYS_MISSING`, `KEYS_EXPOSED`, `KEYS_DAMAGED`
 */
export async function readKeyFile(file: string): Promise<Wallet> {
  const key = (await readPrivate(file)).toString("utf8").trim();
  try {
    if (/^0x[0-9a-fA-F]{64}$/.test(key)) return new Wallet(key);
  } catch {
    // A number that is no key of the curve; what the library says of it may quote it.
  }
  throw new BeltError("KEYS_DAMAGED", "The file does not hold a private key: 0x and 64 digits.", {
    at: file,
  });
}

import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { inspect } from "node:util";
import { Wallet } from "ethers";
import { z } from "zod";
import { fromBase64url, fromHex, toBase64url, toHex, utf8 } from "../pipeline/bytes.ts";
import { BeltError } from "../pipeline/errors.ts";
import { canonical } from "../pipeline/json.ts";
import { Address } from "../pipeline/tray/index.ts";
import {
  decrypt,
  Encrypted,
  encrypt,
  type KeyPair,
  keyPair,
  type Random,
  readPrivate,
  readToken,
  syncFolder,
  tokenFile,
  writePrivate,
} from "./keys/index.ts";
import { parseJson, parseWith } from "./parse.ts";

/** Who a node is. */
export interface Identity {
  /** The member: the account's address, in lower case. */
  readonly address: `0x${string}`;
  /** The EVM account that signs transactions; not connected to a ledger. */
  readonly account: Wallet;
  /** Ed25519: signs trays, acknowledgements and documents. */
  readonly signing: KeyPair;
  /** X25519: what partners seal trays to. */
  readonly sealing: KeyPair;
  /** 32 bytes that the salts of this node's outputs are derived from. */
  readonly secret: Uint8Array;
  /** What the operator's API asks for. */
  readonly token: string;
}

const Secret = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
/** What is kept: 32 bytes each, base64url. */
const Secrets = z.strictObject({ account: Secret, signing: Secret, sealing: Secret, secret: Secret });
type Secrets = z.infer<typeof Secrets>;

/** The file `keys/identity.json`: the secrets as they are, or under a passphrase. */
const IdentityFile = z.union([
  z.strictObject({ v: z.literal(1), address: Address, secrets: Secrets }),
  z.strictObject({ v: z.literal(1), address: Address, encrypted: Encrypted }),
]);

const identityFile = (folder: string): string => join(folder, "keys", "identity.json");

/**
 * Makes the keys of a new node in `folder/keys`, all or none: the folder appears with its files complete.
 *
 * @throws {BeltError} `KEYS_EXIST` when there are keys already: they are never overwritten
 */
export async function createIdentity(
  folder: string,
  { passphrase, random }: { readonly passphrase?: string | undefined; readonly random: Random },
): Promise<Identity> {
  const secrets: Secrets = {
    account: toBase64url(accountKey(random)),
    signing: toBase64url(random(32)),
    sealing: toBase64url(random(32)),
    secret: toBase64url(random(32)),
  };
  const token = toBase64url(random(32));
  const identity = assemble(secrets, token);
  const { address } = identity;
  const content =
    passphrase === undefined
      ? { v: 1, address, secrets }
      : { v: 1, address, encrypted: await encrypt(utf8(canonical(secrets)), { passphrase, random }) };
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = join(folder, `keys.${toHex(random(8)).slice(2)}.draft`);
  const final = join(folder, "keys");
  try {
    await mkdir(draft, { mode: 0o700 });
    await writePrivate(join(draft, "identity.json"), utf8(`${JSON.stringify(content, null, 2)}\n`));
    await writePrivate(join(draft, "api-token"), utf8(`${token}\n`));
    await syncFolder(draft);
    await rename(draft, final);
    await syncFolder(folder);
  } catch (cause) {
    await rm(draft, { recursive: true, force: true });
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code === "ENOTEMPTY" || code === "EEXIST" || code === "EPERM" || code === "ENOTDIR") {
      throw new BeltError("KEYS_EXIST", "This folder has keys already.", { at: final, cause });
    }
    throw new BeltError("FILE_UNREADABLE", "The keys cannot be written.", { at: final, cause });
  }
  return identity;
}

/**
 * Opens the keys of a node.
 *
 * @throws {BeltError} `KEYS_MISSING`, `KEYS_EXPOSED`, `KEYS_DAMAGED`, `PASSPHRASE_MISSING`, `PASSPHRASE_WRONG`,
 *   `FILE_UNREADABLE`
 */
export async function openIdentity(
  folder: string,
  { passphrase }: { readonly passphrase?: string | undefined } = {},
): Promise<Identity> {
  const at = identityFile(folder);
  const text = (await readPrivate(at)).toString("utf8");
  const file = damaged(at, () => parseWith(IdentityFile, parseJson(text, at), { at }));
  const token = await readToken(folder);
  let secrets: Secrets;
  if ("secrets" in file) {
    secrets = file.secrets;
  } else {
    if (passphrase === undefined) {
      throw new BeltError("PASSPHRASE_MISSING", "These keys are under a passphrase.", { at });
    }
    const plaintext = Buffer.from(await decrypt(file.encrypted, passphrase, at)).toString("utf8");
    secrets = damaged(at, () => parseWith(Secrets, parseJson(plaintext, at), { at }));
  }
  const identity = damaged(at, () => assemble(secrets, token));
  if (identity.address !== file.address) {
    throw new BeltError("KEYS_DAMAGED", "The account's key is not that of the address beside it.", { at });
  }
  return identity;
}

/** Whether there are keys, of whatever state, in a node's data folder; and the address they are said to be of. */
export async function describeIdentity(
  folder: string,
): Promise<{ readonly address: string; readonly encrypted: boolean; readonly files: readonly string[] }> {
  const at = identityFile(folder);
  const text = (await readPrivate(at)).toString("utf8");
  const file = damaged(at, () => parseWith(IdentityFile, parseJson(text, at), { at }));
  return { address: file.address, encrypted: "encrypted" in file, files: [at, tokenFile(folder)] };
}

/** A private key of secp256k1: a number from 1 up to the order of the group; another is thrown again. */
function accountKey(random: Random): Uint8Array {
  // One in 2^128 numbers is out of range: several in a row mean that the randomness is none.
  for (let attempt = 0; attempt < 4; attempt++) {
    const bytes = random(32);
    if (inRange(bytes)) return bytes;
  }
  throw new RangeError("The source of randomness does not give random bytes.");
}

function inRange(bytes: Uint8Array): boolean {
  const number = BigInt(toHex(bytes));
  return number > 0n && number < 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
}

function assemble(secrets: Secrets, token: string): Identity {
  const account = new Wallet(toHex(fromBase64url(secrets.account)));
  const address = toHex(fromHex(account.address));
  const identity: Identity = {
    address,
    account,
    signing: keyPair("Ed25519", fromBase64url(secrets.signing)),
    sealing: keyPair("X25519", fromBase64url(secrets.sealing)),
    secret: fromBase64url(secrets.secret),
    token,
  };
  // Whoever prints or serialises an identity by mistake does not print its secrets.
  const shown = { value: () => `Identity ${address}`, enumerable: false };
  return Object.defineProperties(identity, { toJSON: shown, [inspect.custom]: shown });
}

function damaged<T>(at: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const place = cause instanceof BeltError && cause.at !== undefined ? cause.at : at;
    throw new BeltError("KEYS_DAMAGED", "The file of the keys is torn or was changed.", { at: place, cause });
  }
}

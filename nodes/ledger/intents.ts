import { z } from "zod";
import { sha256, toHex, utf8 } from "../../pipeline/bytes.ts";
import { BeltError } from "../../pipeline/errors.ts";
import { type Address, AddressText, HashText, journalDepth } from "../../pipeline/index/index.ts";
import { type Change, key, type Store } from "../store/index.ts";
import { Fees } from "./fees.ts";

const Bytes = z.string().regex(/^0x(?:[0-9a-f]{2})*$/);
const Wei = z.coerce.bigint().nonnegative();

/** What a transaction is to do. */
export const Call = z.strictObject({
  /** What it is to do, for messages: such as "book". */
  what: z.string().min(1),
  to: AddressText,
  data: Bytes,
  value: Wei.default(0n),
  /** How much gas it may use. With it the call is neither tried out nor estimated before it is sent. */
  gas: Wei.optional(),
});
export type Call = z.input<typeof Call>;

/** A transaction as it was signed, and never is again. */
export const Attempt = z.strictObject({ hash: HashText, raw: Bytes, fees: Fees });
export type Attempt = z.infer<typeof Attempt>;

/** What is written down before anything is sent. All attempts have the nonce, so at most one of them is mined. */
export const Intent = z.strictObject({
  id: z.string(),
  nonce: z.int().nonnegative(),
  call: Call,
  gas: Wei,
  attempts: z.array(Attempt).min(1),
});
export type Intent = z.infer<typeof Intent>;

/** A transaction that is in a block. */
export const Mined = z.strictObject({
  hash: HashText,
  block: z.int().nonnegative(),
  blockHash: HashText,
  gasUsed: Wei,
  /** What it cost, in wei. */
  fee: Wei,
});
export type Mined = z.infer<typeof Mined>;

/** What is kept of a transaction that is final. */
const Done = z.strictObject({
  what: z.string(),
  /** See {@link callDigest}. */
  call: z.string(),
  nonce: z.int().nonnegative(),
  mined: Mined,
  /** The contract's error, when it was reverted. */
  revert: z.strictObject({ error: z.string(), parameters: z.record(z.string(), z.string()) }).nullable(),
});
export type Done = z.infer<typeof Done>;

/** What one account wants on the ledger, and what became of it; it survives a crash at any moment. */
export interface Intents {
  /** All that is not final, in the order of nonces. */
  pending(): Promise<Intent[]>;
  done(id: string): Promise<Done | undefined>;
  /** Writes an intent down; in the place of the one with a former nonce, when it gets another. */
  put(intent: Intent, formerNonce?: number): Promise<void>;
  /** Writes down that an intent is final; forgets those of old, whose work the view of the ledger shows for good. */
  finish(intent: Intent, done: Done): Promise<void>;
  /** Forgets an intent that came to nothing. */
  drop(intent: Intent): Promise<void>;
}

/** After so many that are final, those that are old are forgotten. */
const pruneEvery = 1_000;

/** Opens the intents of an account in a store. */
export function openIntents(store: Store, account: Address): Intents {
  const pendingPrefix = `${key("ledger", "intents", account, "pending")}/`;
  const pendingKey = (nonce: number) => pendingPrefix + key(nonce);
  const donePrefix = `${key("ledger", "intents", account, "done")}/`;
  const doneKey = (id: string) => key("ledger", "intents", account, "done", id);
  const del = (nonce: number): Change => ({ type: "del", key: pendingKey(nonce) });
  let finished = 0;

  /** What is done is asked of the view first: it need not be remembered beyond what a reorganisation can take back. */
  const prune = async (finalized: number) => {
    const changes: Change[] = [];
    for await (const [at, bytes] of store.entries({ prefix: donePrefix })) {
      if (read(Done, bytes).mined.block <= finalized - journalDepth) changes.push({ type: "del", key: at });
    }
    if (changes.length > 0) await store.batch(changes);
  };

  return {
    async pending() {
      const intents: Intent[] = [];
      for await (const [, bytes] of store.entries({ prefix: pendingPrefix }))
        intents.push(read(Intent, bytes));
      return intents;
    },
    async done(id) {
      const bytes = await store.get(doneKey(id));
      return bytes && read(Done, bytes);
    },
    async put(intent, formerNonce) {
      const change = write(pendingKey(intent.nonce), intent);
      await store.batch(formerNonce === undefined ? [change] : [del(formerNonce), change]);
    },
    async finish(intent, done) {
      await store.batch([del(intent.nonce), write(doneKey(intent.id), done)]);
      if (finished++ % pruneEvery === 0) await prune(done.mined.block);
    },
    async drop(intent) {
      await store.batch([del(intent.nonce)]);
    },
  };
}

/** Tells calls apart by what they do. */
export function callDigest(call: Call): string {
  const { to, data, value } = Call.parse(call);
  return toHex(sha256(`${to} ${data} ${value}`));
}

/** @throws {BeltError} `INPUT_INVALID` when a name cannot stand in a store's key. */
export function checkIntentId(id: string): void {
  if (/^[\x21-\x7e]{1,200}$/.test(id)) return;
  throw new BeltError("INPUT_INVALID", "An intent's name has 1 to 200 printable characters without spaces.", {
    at: id,
  });
}

function write(at: string, value: object): Change {
  const text = JSON.stringify(value, (_, part) => (typeof part === "bigint" ? part.toString() : part));
  return { type: "put", key: at, value: utf8(text) };
}

/** What cannot be read is no reason to forget it: a transaction might be sent twice. */
function read<Schema extends z.ZodType>(schema: Schema, bytes: Uint8Array): z.output<Schema> {
  try {
    return schema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (cause) {
    throw new BeltError("INTERNAL", "A transaction that was written down cannot be read.", { cause });
  }
}

import { z } from "zod";
import { type Digest, fromBase64url, toBase64url } from "../bytes.ts";
import { BeltError } from "../errors.ts";
import { type Json, JsonValue } from "../json.ts";
import { commitmentOf, fieldDigest, fieldSalt } from "./digest.ts";

/** The fields of a source by their pointers; undefined where the value does not have the field. */
export type Fields = ReadonlyMap<string, Json | undefined>;

// The last character has bits to spare; they are zero, so that there is one text for each value.
/** A digest in a document: 32 bytes as 43 characters of base64url. */
export const DigestText = z
  .string()
  .regex(/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/, "use 32 bytes as base64url");
const SaltText = z.string().regex(/^[A-Za-z0-9_-]{21}[AQgw]$/, "use 16 bytes as base64url");

/** What travels: the fields that the receiver may see, and the digests of those that it may not. */
export const Disclosure = z.strictObject({
  disclosed: z.array(z.tuple([z.string(), SaltText, JsonValue.optional()])),
  withheld: z.array(DigestText),
});
export type Disclosure = z.infer<typeof Disclosure>;

/** Salted fields of one case and source: what commits, and what every disclosure is cut from. */
export interface Sealed {
  readonly commitment: Digest;
  readonly entries: readonly Entry[];
}
interface Entry {
  readonly name: string;
  readonly salt: string;
  readonly value: Json | undefined;
  readonly digest: Digest;
}

/**
 * Salts and commits to all fields of one case and source.
 *
 * @param secret 32 bytes, one for each case and source
 */
export function commit(secret: Uint8Array, fields: Fields): Sealed {
  const entries = [...fields].map(([name, value]): Entry => {
    const salt = fieldSalt(secret, name);
    return { name, salt: toBase64url(salt), value, digest: fieldDigest(salt, name, value) };
  });
  return { commitment: commitmentOf(entries.map((entry) => entry.digest)), entries };
}

const nothing: Disclosure = { disclosed: [], withheld: [] };

/**
 * Cuts the disclosure of the named fields: those open, the rest as digests only. Who may see no field needs no digest
 * either: there is nothing to hold against the commitment.
 */
export function disclose(sealed: Sealed, names: readonly string[]): Disclosure {
  if (names.length === 0) return nothing;
  const disclosed: Disclosure["disclosed"] = [];
  const withheld: string[] = [];
  for (const { name, salt, value, digest } of sealed.entries) {
    if (!names.includes(name)) withheld.push(toBase64url(digest));
    else disclosed.push(value === undefined ? [name, salt] : [name, salt, value]);
  }
  return { disclosed, withheld };
}

/**
 * Opens a disclosure: recomputes its commitment and gives the fields.
 *
 * @param names the fields that the edge names; exactly these must be open, and where there are none, nothing is given
 * @throws {BeltError} `COMMITMENT_MISMATCH` when other fields are open or the commitment is another, `JSON_INVALID`
 *   for a value without canonical form
 */
export function open(disclosure: Disclosure, names: readonly string[], commitment: Digest): Fields {
  const fields = new Map<string, Json | undefined>();
  if (names.length === 0) {
    if (disclosure.disclosed.length + disclosure.withheld.length === 0) return fields;
    throw new BeltError("COMMITMENT_MISMATCH", "Something is disclosed where the edge names no field.");
  }
  const digests = disclosure.withheld.map(fromBase64url);
  for (const [name, salt, value] of disclosure.disclosed) {
    if (!names.includes(name) || fields.has(name)) {
      throw new BeltError("COMMITMENT_MISMATCH", "A field is open that the edge does not name.", {
        at: name,
      });
    }
    fields.set(name, value);
    digests.push(fieldDigest(fromBase64url(salt), name, value));
  }
  const missing = names.find((name) => !fields.has(name));
  if (missing !== undefined) {
    throw new BeltError("COMMITMENT_MISMATCH", "A field that the edge names is not open.", { at: missing });
  }
  if (Buffer.compare(commitmentOf(digests), commitment) !== 0) {
    throw new BeltError("COMMITMENT_MISMATCH", "The fields do not open the commitment.");
  }
  return fields;
}

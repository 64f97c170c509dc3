import type { z } from "zod";
import { fromBase64url, toBase64url, utf8 } from "../bytes.ts";
import { complaintOf, examine } from "../complaint.ts";
import { BeltError, type Code } from "../errors.ts";

/** What is said of a compact JWS or JWE that is not of the kind that is expected. */
export interface Refusal {
  readonly code: Code;
  readonly message: string;
}

/** One part of a compact JWS or JWE, as it stands there and as what it stands for. */
export interface Part {
  readonly text: string;
  readonly bytes: Uint8Array;
}

const nothing: Part = { text: "", bytes: new Uint8Array() };

/**
 * The parts of a compact JWS or JWE. Each is base64url in its one form, without padding, spaces or bits to spare:
 * bytes that differ are then trays that differ, to whoever recognises them by their hash.
 */
function partsOf(bytes: Uint8Array, count: number, refusal: Refusal): readonly Part[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  const parts = text.split(".", count + 1).map((part): Part => ({ text: part, bytes: fromBase64url(part) }));
  if (parts.length === count && parts.every((part) => toBase64url(part.bytes) === part.text)) return parts;
  throw refused(refusal);
}

/** A compact JWS: what it signs is `header.payload`. */
export function jwsParts(bytes: Uint8Array, refusal: Refusal) {
  const [header = nothing, payload = nothing, signature = nothing] = partsOf(bytes, 3, refusal);
  return { header, payload, signature };
}

/** A compact JWE. */
export function jweParts(bytes: Uint8Array, refusal: Refusal) {
  const parts = partsOf(bytes, 5, refusal);
  const [header = nothing, encryptedKey = nothing, nonce = nothing, ciphertext = nothing, tag = nothing] =
    parts;
  return { header, encryptedKey, nonce, ciphertext, tag };
}

const lineFeed = 0x0a;

/** A compact JWS or JWE, one line feed, and the content that is not encoded in it. */
export const withContent = (compact: string, content: Uint8Array): Uint8Array =>
  Buffer.concat([utf8(`${compact}\n`), content]);

/** What stands before the first line feed, and what behind it; without one there is no content. */
export function contentOf(bytes: Uint8Array): {
  readonly compact: Uint8Array;
  readonly content: Uint8Array | undefined;
} {
  const end = bytes.indexOf(lineFeed);
  if (end < 0) return { compact: bytes, content: undefined };
  return { compact: bytes.subarray(0, end), content: bytes.subarray(end + 1) };
}

/** The JSON that bytes are, if it is of that kind. */
export function jsonOf<T extends z.ZodType>(bytes: Uint8Array, schema: T, refusal: Refusal): z.output<T> {
  let value: unknown;
  try {
    value = JSON.parse(strictly.decode(bytes));
  } catch (cause) {
    throw refused(refusal, { words: "It is no JSON text in UTF-8.", cause });
  }
  const result = examine(schema, value);
  if (result.success) return result.data;
  const { at, sentence } = complaintOf(result.error);
  throw refused(refusal, { words: sentence, at });
}

// Refuses what is no UTF-8 instead of mending it, and leaves a byte order mark for the JSON parser to refuse.
const strictly = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function refused(
  { code, message }: Refusal,
  { words, at, cause }: { readonly words?: string; readonly at?: string; readonly cause?: unknown } = {},
): BeltError {
  const sentence = words === undefined ? message : `${message} ${words}`;
  return new BeltError(code, sentence, { cause, ...(at === undefined ? {} : { at }) });
}

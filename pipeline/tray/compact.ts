import { decodeProtectedHeader } from "jose";
import type { z } from "zod";
import { fromBase64url, toBase64url } from "../bytes.ts";
import { complaintOf } from "../complaint.ts";
import { BeltError, type Code } from "../errors.ts";

/** What is said of a compact JWS or JWE that is not of the kind that is expected. */
export interface Refusal {
  readonly code: Code;
  readonly message: string;
}

/**
 * The text of a compact JWS (3 parts) or JWE (5 parts). Each part is base64url in its one form, without padding,
 * spaces or bits to spare: bytes that differ are then trays that differ, to whoever recognises them by their hash.
 */
export function compactText(bytes: Uint8Array, parts: 3 | 5, { code, message }: Refusal): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  const split = text.split(".", parts + 1);
  if (split.length === parts && split.every((part) => toBase64url(fromBase64url(part)) === part)) return text;
  throw new BeltError(code, message);
}

/** The protected header of a compact JWS or JWE, if it is of that kind. */
export function headerOf<T extends z.ZodType>(text: string, schema: T, refusal: Refusal): z.output<T> {
  let header: unknown;
  try {
    header = decodeProtectedHeader(text);
  } catch (cause) {
    throw new BeltError(refusal.code, refusal.message, { cause });
  }
  return parsed(header, schema, refusal);
}

/** The JSON payload, if it is of that kind. */
export function payloadOf<T extends z.ZodType>(bytes: Uint8Array, schema: T, refusal: Refusal): z.output<T> {
  let payload: unknown;
  try {
    payload = JSON.parse(utf8.decode(bytes));
  } catch (cause) {
    throw new BeltError(refusal.code, `${refusal.message} It is no JSON text in UTF-8.`, { cause });
  }
  return parsed(payload, schema, refusal);
}

// Refuses what is no UTF-8 instead of mending it, and leaves a byte order mark for the JSON parser to refuse.
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function parsed<T extends z.ZodType>(value: unknown, schema: T, { code, message }: Refusal): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { at, sentence } = complaintOf(result.error);
  throw new BeltError(code, `${message} ${sentence}`, { at });
}

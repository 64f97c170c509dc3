import type { z } from "zod";
import { sha256, toHex } from "../bytes.ts";
import { formatPointer } from "../case/index.ts";
import { complaintOf, examine } from "../complaint.ts";
import { BeltError, type Code } from "../errors.ts";
import { canonical, deepestJson, type Json } from "../json.ts";
import { BeltDocument, OfferDocument, ProductDocument } from "./document.ts";

/** How large a document's canonical text may be, in bytes. */
const largestDocument = 262_144;

/**
 * Parses a belt document: its form only; {@link planBelt} checks that it makes sense and {@link checkBelt} that its
 * offers fit.
 *
 * @throws {BeltError} `BELT_INVALID`, at a JSON pointer in the document
 */
export function parseBelt(json: unknown): BeltDocument {
  return parseDocument(BeltDocument, json, "BELT_INVALID");
}

/**
 * Parses an offer document.
 *
 * @throws {BeltError} `OFFER_INVALID`, at a JSON pointer in the document
 */
export function parseOffer(json: unknown): OfferDocument {
  return parseDocument(OfferDocument, json, "OFFER_INVALID");
}

/**
 * Parses the offer document of a product.
 *
 * @throws {BeltError} `OFFER_INVALID`, at a JSON pointer in the document
 */
export function parseProduct(json: unknown): ProductDocument {
  return parseDocument(ProductDocument, json, "OFFER_INVALID");
}

/**
 * Parses a document with its schema. What is parsed is the whole input: anything that the schema would leave out
 * silently is refused, so that the document's hash is the input's.
 */
export function parseDocument<T extends z.ZodType<Json>>(schema: T, json: unknown, code: Code): z.output<T> {
  refuseForeign(json, code);
  const result = examine(schema, json);
  if (!result.success) {
    const { at, sentence } = complaintOf(result.error);
    throw new BeltError(code, sentence, { at, cause: result.error });
  }
  if (Buffer.byteLength(canonical(result.data)) > largestDocument) {
    throw new BeltError(code, `The document takes more than ${largestDocument} bytes.`, { at: "" });
  }
  return result.data;
}

/**
 * The hash that stands for a document on the ledger: SHA-256 of its canonical text (RFC 8785), as `0x` and 64
 * hexadecimal digits.
 */
export function documentHash(document: Json): `0x${string}` {
  return toHex(sha256(canonical(document)));
}

/** Refuses what no JSON text of ours gives: deep nesting, and `__proto__`, which parsers drop without a word. */
function refuseForeign(json: unknown, code: Code): void {
  const todo: (readonly [value: unknown, path: readonly string[]])[] = [[json, []]];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const [value, path] = next;
    const refuse = (sentence: string): never => {
      throw new BeltError(code, sentence, { at: formatPointer(path) });
    };
    if (typeof value === "string" && !value.isWellFormed()) refuse("The text has half a surrogate pair.");
    if (typeof value !== "object" || value === null) continue;
    if (path.length > deepestJson) refuse(`The document nests deeper than ${deepestJson} levels.`);
    for (const [name, inner] of Object.entries(value)) {
      if (name === "__proto__") refuse("A name cannot be __proto__.");
      if (!name.isWellFormed()) refuse("A name has half a surrogate pair.");
      todo.push([inner, [...path, name]]);
    }
  }
}

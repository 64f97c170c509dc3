import { z } from "zod";
import { JsonValue } from "../json.ts";

/** A name of a belt or a station: it stands in URLs, file names and the logs. */
export const Name = z
  .string()
  .regex(
    /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/,
    "use lower-case letters, digits and single hyphens, a letter first",
  )
  .max(48);

/** A 32-byte hash or identifier as the ledger writes it. */
export const Bytes32 = z.string().regex(/^0x[0-9a-f]{64}$/, "use 0x and 64 lower-case hexadecimal digits");

/** A JSON pointer (RFC 6901) to a field; the empty pointer, the whole, is no field. */
const Pointer = z.string().regex(/^(?:\/(?:[^~/]|~0|~1)+)+$/, "use a JSON pointer such as /loan/amount");

/** A field of a source: `case#/loan/amount`, or of another station: `income#/yearly`. */
const FieldReference = z
  .string()
  .regex(
    /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*#(?:\/(?:[^~/]|~0|~1)+)+$/,
    "use SOURCE#POINTER, such as case#/loan or income#/yearly",
  );

const Text = z.string().min(1).max(2_000);
/** Text by language (BCP 47 tag). */
export const Texts = z.record(z.string().regex(/^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/), Text);

/** A JSON Schema (2020-12) as a document holds it; its own validity is checked where it is compiled. */
export const JsonSchema = z.record(z.string(), JsonValue);

/** Names that a station cannot have, since edges use them for the two ends of a belt. */
export const reservedNames = ["case", "result"] as const;

export const StationPlace = z.strictObject({
  /** The offer whose member works here. */
  offer: Bytes32,
  /** Where in the station's input each field goes (pointer), and which field it is. */
  needs: z.record(Pointer, FieldReference),
  /** A CEL expression over the input; when it is false the station is skipped. */
  when: z.string().min(1).max(2_000).exactOptional(),
});

/** The belt document: what its hash on the ledger stands for. */
export const BeltDocument = z.strictObject({
  belt: Name,
  version: z.string().regex(/^[0-9A-Za-z][0-9A-Za-z.+-]{0,31}$/, "use a version such as 2026.1"),
  /** The hash of the belt that this one forks. */
  parent: Bytes32.nullable(),
  title: Texts,
  description: Texts.exactOptional(),
  /** The JSON Schema of a case. */
  case: JsonSchema,
  stations: z.record(Name, StationPlace),
  /** Where in the result each field goes (pointer), and which field it is. */
  result: z.record(Pointer, FieldReference),
  /** The work by hand that the belt replaces: minutes a case, and who says so. */
  baseline: z.strictObject({ manualMinutes: z.number().positive(), source: Text }).exactOptional(),
});
export type BeltDocument = z.infer<typeof BeltDocument>;
export type StationPlace = z.infer<typeof StationPlace>;

const OfferVersion = z.string().regex(/^[0-9A-Za-z][0-9A-Za-z.+-]{0,31}$/, "use a version such as 1.0.0");

/** The offer document of a station: what its hash on the ledger stands for. */
export const OfferDocument = z.strictObject({
  offer: Name,
  version: OfferVersion,
  title: Texts,
  description: Texts.exactOptional(),
  /** The JSON Schemas of what the station takes and gives. */
  input: JsonSchema,
  output: JsonSchema,
});
export type OfferDocument = z.infer<typeof OfferDocument>;

/** What a product can be. */
export const productKinds = [
  "course",
  "assessment",
  "accommodation",
  "professional-days",
  "portfolio-check",
] as const;

/** The offer document of a product, which is booked by the day. */
export const ProductDocument = z.strictObject({
  offer: Name,
  version: OfferVersion,
  product: z.enum(productKinds),
  title: Texts,
  description: Texts.exactOptional(),
  /** What one unit of it is, such as a room, a seat or a day of work. */
  unit: Texts,
});
export type ProductDocument = z.infer<typeof ProductDocument>;

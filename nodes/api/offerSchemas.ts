import { z } from "zod";
import { Bytes32, JsonSchema, Name, ProductDocument, Texts } from "../../pipeline/belt/index.ts";
import { Address } from "../../pipeline/tray/index.ts";
import { Amount, AmountGiven, Count, Seconds, Time, Version } from "./values.ts";

export const Offer = z.object({
  offer: Bytes32,
  member: Address,
  memberName: z.string(),
  kind: z.enum(["station", "product"]),
  name: Name.optional().describe("Left out while the offer's document cannot be fetched."),
  version: Version.optional(),
  title: Texts.optional(),
  document: Bytes32,
  price: Amount.describe("The price of one case; of a product, of one unit for one day."),
  deadlineSeconds: Seconds.describe("Of a product: how long its report may take after the last day."),
  capacity: Count.describe("The most cases on a sheet; of a product, the units of every day."),
  validUntil: Time,
  live: z.boolean().describe("Neither withdrawn nor past its validity, by a member that is active."),
});
export type Offer = z.infer<typeof Offer>;

export const OfferDetail = Offer.extend({
  description: Texts.optional(),
  input: JsonSchema.optional(),
  output: JsonSchema.optional(),
  product: ProductDocument.shape.product.optional(),
  unit: Texts.optional().describe("What one unit of a product is."),
});
export type OfferDetail = z.infer<typeof OfferDetail>;

export const NewOffer = z.strictObject({
  station: Name.describe("The name of a station that this node runs."),
  price: AmountGiven,
  deadlineSeconds: Seconds.max(31_536_000),
  capacity: z.int().min(1).max(1_024).default(1_024),
  validDays: z.int().min(1).max(3_650).default(365),
});
export type NewOffer = z.infer<typeof NewOffer>;

export const NewProduct = z.strictObject({
  document: ProductDocument,
  price: AmountGiven.describe("The price of one unit for one day."),
  deadlineSeconds: Seconds.max(31_536_000).describe("How long the report may take after the last day."),
  units: z.int().min(1).max(65_535).default(1).describe("How many there are on every day."),
  validDays: z.int().min(1).max(3_650).default(365),
});
export type NewProduct = z.infer<typeof NewProduct>;

export const PublishedOffer = z.object({
  offer: Bytes32,
  document: Bytes32,
  transaction: Bytes32,
  supersedes: Bytes32.optional().describe("The former version, which is withdrawn."),
});
export type PublishedOffer = z.infer<typeof PublishedOffer>;

export const WithdrawnOffer = z.object({ offer: Bytes32, transaction: Bytes32 });
export type WithdrawnOffer = z.infer<typeof WithdrawnOffer>;

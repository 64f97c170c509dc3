import { z } from "zod";
import { BeltDocument, Bytes32, Name, Texts } from "../../pipeline/belt/index.ts";
import { Address } from "../../pipeline/tray/index.ts";
import { Offer } from "./offerSchemas.ts";
import { Amount, Count, Seconds, Sentence, Version } from "./values.ts";

export { BeltTemplate } from "../../pipeline/belt/index.ts";

export const Belt = z.object({
  belt: Bytes32,
  name: Name,
  version: Version,
  title: Texts,
  member: Address,
  memberName: z.string(),
  parent: Bytes32.nullable(),
  stations: Count,
  price: Amount.describe("The price of one case at all stations."),
  deadlineSeconds: Seconds.describe(
    "How long a case may take, when every station takes as long as its offer allows.",
  ),
  live: z.boolean().describe("All its offers are live, so that it can be booked."),
  steward: Address.describe("Who answers for it."),
  stewardName: z.string(),
  candidate: Address.nullable().describe("Who may take it over, when the steward proposed anybody."),
  endorsements: Count.describe("How many active members endorse it."),
  deprecated: z.boolean().describe("Its steward advises against it; it can be booked all the same."),
  successor: Bytes32.nullable().describe("The belt to book instead, in the end."),
});
export type Belt = z.infer<typeof Belt>;

export const BeltDetail = Belt.extend({
  document: BeltDocument,
  offers: z.record(Name, Offer).describe("The offer of every station."),
});
export type BeltDetail = z.infer<typeof BeltDetail>;

export const Finding = z.object({ code: z.string(), sentence: Sentence, at: z.string() });

export const BeltCheck = z.object({
  findings: z.array(Finding).describe("What is wrong with the belt; empty when it can be published."),
  price: Amount.optional().describe("The price of one case, when all offers are known."),
  deadlineSeconds: Seconds.optional(),
});
export type BeltCheck = z.infer<typeof BeltCheck>;

export const PublishedBelt = z.object({ belt: Bytes32, transaction: Bytes32 });
export type PublishedBelt = z.infer<typeof PublishedBelt>;

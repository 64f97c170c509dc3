import { MaxUint256 } from "ethers";
import { z } from "zod";
import { Name } from "../../pipeline/belt/index.ts";
import { MemberKind } from "../../pipeline/governance/index.ts";
import { AddressText } from "../../pipeline/index/index.ts";

const day = 86_400;

/** A member to admit: its account, its name in the consortium, and what it is. */
export const NewMember = z.strictObject({
  address: AddressText,
  name: Name,
  kinds: z.array(MemberKind).min(1).readonly(),
});
export type NewMember = z.infer<typeof NewMember>;

/** The founding members: names and accounts are each their own. Without any, nobody could ever decide anything. */
export const NewMembers = z
  .array(NewMember)
  .min(1, "name at least one founding member: without members nobody can govern")
  .max(10_000)
  .readonly()
  .superRefine((members, context) => {
    for (const key of ["address", "name"] as const) {
      const seen = new Set<string>();
      members.forEach((member, place) => {
        if (seen.has(member[key])) {
          context.addIssue({ code: "custom", path: [place, key], message: `${member[key]} is there twice` });
        }
        seen.add(member[key]);
      });
    }
  });

export type NewMembers = z.infer<typeof NewMembers>;

const seconds = (most: number) =>
  z
    .int()
    .nonnegative()
    .max(most, `use ${most / day} days at most`);
const percent = z.int().min(1, "use 1 to 100").max(100, "use 1 to 100");

/** How the members begin to decide; they can change it by deciding so. Times are in seconds. */
export const Rules = z
  .strictObject({
    /** From a proposal to the opening of its vote. */
    votingDelay: seconds(90 * day).default(day),
    /** How long a vote is open. */
    votingPeriod: seconds(90 * day)
      .min(1, "use a second at least")
      .default(7 * day),
    /** From queuing what passed to carrying it out. */
    executionDelay: seconds(90 * day).default(2 * day),
    /** Percent of the members that must be for a proposal or abstain for it to pass. */
    quorum: percent.default(50),
    /** Percent of the members whose votes for a proposal decide it before its time; 51 is an absolute majority. */
    superQuorum: percent.default(51),
  })
  .refine(({ quorum, superQuorum }) => superQuorum >= quorum, {
    message: "use no less than the quorum",
    path: ["superQuorum"],
  });
export type Rules = z.infer<typeof Rules>;

/** What a consortium begins with besides its members. */
export const Terms = z.strictObject({
  currency: AddressText.optional(),
  credit: z.bigint().nonnegative().max(MaxUint256).default(0n),
  acceptanceWindow: seconds(30 * day).default(day),
  rules: Rules.prefault({}),
});
export type Terms = z.infer<typeof Terms>;

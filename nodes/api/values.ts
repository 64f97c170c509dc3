/** Values that messages of the operator's API have in common: no messages themselves. */
import { z } from "zod";
import { JsonValue } from "../../pipeline/json.ts";

export const Time = z.iso.datetime().describe("A time (RFC 3339), in UTC.");
export const Count = z.int().nonnegative();
export const Sentence = z.string().max(2_000);
export const Version = z.string().min(1).max(64);
export const CaseNumber = z.int().min(0).max(1_023).describe("The case's place in its sheet, from 0.");
export const Seconds = z.int().positive();
export const Amount = z
  .string()
  .regex(/^\d{1,39}$/, "use a whole number")
  .describe(
    "Credits of the ledger, a whole number as text, since it may be larger than JSON's numbers hold.",
  );
export const AmountGiven = z
  .union([z.int().nonnegative(), Amount])
  .describe("Credits of the ledger, a whole number.");
export const Data = z.record(z.string(), JsonValue);

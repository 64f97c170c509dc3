import { z } from "zod";
import { Bytes32, Name } from "../../pipeline/belt/index.ts";
import { Reason } from "../../pipeline/receipt/index.ts";
import { CaseNumber, Count, Data, Sentence, Time } from "./values.ts";

export const QuarantinedCase = z.object({
  id: z.string().min(1).max(200),
  sheet: Bytes32,
  case: CaseNumber,
  station: Name,
  code: z.string().describe("The code of the error that every attempt ended with, at last."),
  reason: Sentence,
  attempts: Count.describe("How often the case was tried."),
  since: Time,
  until: Time.describe("When the case is failed unless somebody decides before."),
  receipt: z.string().describe("The signed failure receipt, a compact JWS."),
});
export type QuarantinedCase = z.infer<typeof QuarantinedCase>;

export const QuarantinedCaseDetail = QuarantinedCase.extend({
  input: Data.describe("What the station has to work with."),
});
export type QuarantinedCaseDetail = z.infer<typeof QuarantinedCaseDetail>;

export const Rejection = z.strictObject({
  reason: Reason.optional().describe("What the consumer is told; why the station failed when left out."),
});
export type Rejection = z.infer<typeof Rejection>;

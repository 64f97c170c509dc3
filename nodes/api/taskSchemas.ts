import { z } from "zod";
import { Bytes32, JsonSchema, Name } from "../../pipeline/belt/index.ts";
import { CaseNumber, Data, Time } from "./values.ts";

export const Task = z.object({
  id: z.string().min(1).max(200),
  sheet: Bytes32,
  case: CaseNumber,
  station: Name,
  form: Data.describe("What the person is asked."),
  answer: JsonSchema.describe("The JSON Schema that the answer must fit."),
  since: Time,
});
export type Task = z.infer<typeof Task>;

export const TaskAnswer = z.strictObject({ answer: Data });

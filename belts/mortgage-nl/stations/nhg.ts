import { defineStation } from "../../../nodes/stations/index.ts";
import { type NhgAnswer, type NhgRequest, nhg } from "../norms/nhg.ts";
import { rulesFor, rulesVersion } from "./rules.ts";
import { cents, closed, creditCodes, day, flag, reasonCode } from "./schemas.ts";

interface Input extends NhgRequest {
  date: string;
  requested: boolean;
}

/** Does the guarantee fund (Nationale Hypotheek Garantie) stand for the loan, and what is its fee? */
export default defineStation<Input, NhgAnswer>({
  name: "nhg",
  version: rulesVersion,
  title: { en: "Guarantee (NHG)", nl: "Garantie (NHG)" },
  input: closed({ date: day, requested: flag, amount: cents, energyMeasures: cents, creditCodes }),
  output: closed({ granted: flag, fee: cents, reasons: { type: "array", items: reasonCode } }),
  process: (input) => nhg(input, rulesFor(input.date).nhg),
});

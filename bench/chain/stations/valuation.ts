import { step } from "../step.ts";

export default step("valuation", "Valuation");

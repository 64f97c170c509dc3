import { step } from "../step.ts";

export default step("income", "Income");

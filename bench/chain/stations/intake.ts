import { step } from "../step.ts";

export default step("intake", "Intake");

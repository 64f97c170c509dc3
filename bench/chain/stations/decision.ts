import { step } from "../step.ts";

export default step("decision", "Decision");

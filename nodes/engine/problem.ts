import { BeltError } from "../../pipeline/errors.ts";

/** An error in the words of the catalogue: what is not of it is a defect. */
export const asProblem = (error: unknown): BeltError =>
  error instanceof BeltError ? error : new BeltError("INTERNAL", String(error), { cause: error });

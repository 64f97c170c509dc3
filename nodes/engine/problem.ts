import { BeltError, catalogue } from "../../pipeline/errors.ts";

/** An error in the words of the catalogue. What is not of it is a defect, whose own words may quote what it worked on. */
export const asProblem = (error: unknown): BeltError =>
  error instanceof BeltError
    ? error
    : new BeltError("INTERNAL", "Something failed in a way that was not foreseen.", { cause: error });

/** Whether something itself was refused, and would be again: a fault of whoever was asked, however bad, may pass. */
export const isRefusal = ({ code, retryable }: BeltError): boolean =>
  !retryable && catalogue[code].status < 500;

import { BeltError, type Code } from "../../pipeline/errors.ts";
import { isUnprocessable, type Outcome } from "./station.ts";

const longest = 300;

/** One line of at most 300 characters, without control characters or anything else that does not print. */
export function oneLine(text: string, otherwise: string): string {
  const line = text
    .toWellFormed()
    .replace(/[\s\p{C}]+/gu, " ")
    .trim();
  if (line === "") return otherwise;
  const characters = [...line];
  return characters.length <= longest ? line : `${characters.slice(0, longest - 1).join("")}…`;
}

/** The outcome that an error of a station stands for, whatever was thrown. */
export function outcomeOf(error: unknown): Outcome {
  try {
    if (isUnprocessable(error)) return unprocessable(error.message);
    // Settings and a system's errors tell of the member's machine and network: that does not go out.
    if (error instanceof BeltError && error.code === "STATION_SETTINGS_INVALID") {
      return failed("The station is not set up rightly.", error.code);
    }
    if (error instanceof BeltError) return failed(error.message, error.code);
    if (error instanceof Error && "syscall" in error && "code" in error) {
      return failed(`The station failed (${error.code}).`);
    }
    return failed(error instanceof Error ? error.message : "");
  } catch {
    // What was thrown throws when it is looked at.
    return failed("");
  }
}

export function failed(reason: string, code: Code = "STATION_FAILED"): Outcome {
  return { status: "failed", reason: oneLine(reason, "The station failed and gave no reason."), code };
}

export function unprocessable(reason: string): Outcome {
  return { status: "unprocessable", reason: oneLine(reason, "The station gave no reason.") };
}

import { z } from "zod";

const longest = 500;

/** Why a case is not done, for its consumer's eyes alone: it travels beside the receipt, never in it. */
export const Reason = z.string().min(1).max(longest);

/** The text as a {@link Reason}: what is too long is cut, between characters. */
export function reasonOf(text: string): string {
  const whole = text.toWellFormed();
  // Half of a character that UTF-16 needs two units for is not well-formed.
  return whole.length <= longest
    ? whole
    : `${whole.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, "")}\u2026`;
}

import mortgage2026 from "../rules/mortgage-nl-2026.json" with { type: "json" };
import { type RulePack, readRulePack, rulePackAt as rulePackOf } from "./pack.ts";

/** Every published pack, checked when this module is loaded. A new year is a new file in `rules/` and a line here. */
export const rulePacks: readonly RulePack[] = [readRulePack(mortgage2026)];

/**
 * The pack that applies on a day (`YYYY-MM-DD`).
 *
 * @throws {BeltError} `RULES_NOT_EFFECTIVE` when the day is outside every pack.
 */
export function rulePackAt(day: string): RulePack {
  return rulePackOf(day, rulePacks);
}

import { Unprocessable } from "../../../nodes/stations/index.ts";
import { BeltError } from "../../../pipeline/errors.ts";
import type { RulePack } from "../norms/pack.ts";
import { rulePackAt } from "../norms/packs.ts";

/** The rules that the stations of this release apply: their version is the stations' version, which receipts name. */
export const rulesVersion = "2026.1";

/**
 * The rule pack for an application's date.
 *
 * @throws {Unprocessable} when no pack applies then, or one of another version than the offer's.
 */
export function rulesFor(date: string): RulePack {
  const pack = orUnprocessable(() => rulePackAt(date));
  if (pack.version === rulesVersion) return pack;
  throw new Unprocessable(
    `On ${date} the rules ${pack.version} apply, and this offer is for the rules ${rulesVersion}.`,
  );
}

function orUnprocessable(find: () => RulePack): RulePack {
  try {
    return find();
  } catch (error) {
    if (error instanceof BeltError && error.code === "RULES_NOT_EFFECTIVE")
      throw new Unprocessable(error.message);
    throw error;
  }
}

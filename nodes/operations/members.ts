import { BeltError } from "../../pipeline/errors.ts";
import { type Address, AddressText, type IndexView } from "../../pipeline/index/index.ts";

/**
 * A member by its address or its name.
 *
 * @throws {BeltError} `NOT_FOUND` for a name that nobody has
 */
export function memberNamed(view: IndexView, given: string, at = "/member"): Address {
  const address = AddressText.safeParse(given);
  const found = address.success ? address.data : view.memberByName.get(given);
  if (found !== undefined) return found;
  throw new BeltError("NOT_FOUND", `No member is called ${given}.`, {
    ...{ at, remedy: "See with `belt ledger profiles` who is a member." },
  });
}

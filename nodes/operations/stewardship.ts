import { BeltError } from "../../pipeline/errors.ts";
import { type Hash, HashText } from "../../pipeline/index/index.ts";
import type { NodeOperations, WrittenBelt } from "../api/index.ts";
import type { SubmitOptions, Writings, Written } from "../ledger/index.ts";
import { memberNamed } from "./members.ts";
import type { OperationParts } from "./parts.ts";
import { writing } from "./writing.ts";

type StewardshipOperations = Pick<
  NodeOperations,
  "endorseBelt" | "withdrawEndorsement" | "deprecateBelt" | "proposeSteward" | "acceptSteward"
>;

/** What this member thinks of belts, and who answers for them. */
export function stewardshipOperations(parts: OperationParts): StewardshipOperations {
  const { view } = parts.ledger;

  const known = (id: string, at = "belt"): Hash => {
    const belt = HashText.parse(id);
    if (view.belts.has(belt)) return belt;
    throw new BeltError("NOT_FOUND", `There is no belt ${id}.`, { at });
  };
  const ofBelt = (write: (ledger: Writings, belt: Hash, options: SubmitOptions) => Promise<Written>) =>
    writing(parts, async (id: string, { ledger: to, options }): Promise<WrittenBelt> => {
      const belt = known(id);
      return { belt, transaction: (await write(to, belt, options)).transaction };
    });

  return {
    endorseBelt: ofBelt((to, belt, options) => to.endorseBelt(belt, options)),
    withdrawEndorsement: ofBelt((to, belt, options) => to.withdrawEndorsement(belt, options)),
    acceptSteward: ofBelt((to, belt, options) => to.acceptSteward(belt, options)),
    deprecateBelt: writing(
      parts,
      async (
        given: { readonly belt: string; readonly successor?: string | undefined },
        { ledger: to, options },
      ): Promise<WrittenBelt> => {
        const belt = known(given.belt);
        const successor = given.successor === undefined ? null : known(given.successor, "/successor");
        return { belt, transaction: (await to.deprecateBelt(belt, successor, options)).transaction };
      },
    ),
    proposeSteward: writing(
      parts,
      async (
        given: { readonly belt: string; readonly member: string | null },
        { ledger: to, options },
      ): Promise<WrittenBelt> => {
        const belt = known(given.belt);
        const candidate = given.member === null ? undefined : memberNamed(view, given.member);
        return { belt, transaction: (await to.proposeSteward(belt, candidate, options)).transaction };
      },
    ),
  };
}

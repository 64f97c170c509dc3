import { BeltError } from "../../pipeline/errors.ts";
import { type Address, HashText, type IndexView } from "../../pipeline/index/index.ts";
import type { CommunityChange as Given, GovernanceOperations } from "../api/index.ts";
import type { CommunityChange } from "../ledger/index.ts";
import { memberNamed } from "./members.ts";
import { nameOf, type OperationParts, timeOfSeconds } from "./parts.ts";
import { writing } from "./writing.ts";

/** The communities, and what this member changes of them. */
export function communityOperations(
  parts: OperationParts,
): Pick<GovernanceOperations, "communities" | "changeCommunity"> {
  const { view } = parts.ledger;
  const named = (members: Iterable<Address>) =>
    [...members].map((member) => ({ member, memberName: nameOf(view, member) }));
  return {
    async communities() {
      return [...view.communities.values()].map(
        ({ id, name, founded, stewards, members, belts, channels }) => ({
          ...{ community: id, name, foundedAt: timeOfSeconds(founded.at), stewards: named(stewards) },
          ...{ members: named(members.keys()), belts: [...belts.keys()] },
          channels: Object.fromEntries(channels),
        }),
      );
    },
    changeCommunity: writing(
      parts,
      async (
        { community: name, change }: { readonly community: string; readonly change: Given },
        { ledger: to, options },
      ) => {
        const community = [...view.communities.values()].find((each) => each.name === name);
        if (community === undefined)
          throw new BeltError("NOT_FOUND", `There is no community ${name}.`, { at: "community" });
        const { transaction } = await to.changeCommunity(community.id, addressedIn(view, change), options);
        return { transaction };
      },
    ),
  };
}

/** A change in which members and belts are meant by what the ledger calls them. */
function addressedIn(view: IndexView, given: Given): CommunityChange {
  switch (given.change) {
    case "add-steward":
    case "remove-steward":
      return { change: given.change, member: memberNamed(view, given.member) };
    case "adopt":
    case "drop":
      return { change: given.change, belt: HashText.parse(given.belt) };
    default:
      return given;
  }
}

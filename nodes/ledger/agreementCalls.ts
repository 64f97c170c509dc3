import type { Address, Hash } from "../../pipeline/index/index.ts";
import { call } from "./call.ts";
import { interfaces } from "./contracts.ts";
import type { SignedGrant, SignedRevocation, Use } from "./statements.ts";

/** A grant by the account itself. `expiry` is the last second since 1970 in which it counts. */
export interface NewConsent extends Omit<Use, "owner"> {
  readonly expiry: number;
}

const noHash: Hash = `0x${"0".repeat(64)}`;
const nobody: Address = `0x${"0".repeat(40)}`;

const { Belts, Connections, Consents } = interfaces;

/** The calls by which owners consent, members connect, and say what they think of belts. */
export const agreementCalls = {
  grantConsent: ({ grantee, source, purpose, expiry }: NewConsent) =>
    call("Consents", "grant the consent", () =>
      Consents.encodeFunctionData("grant", [grantee, source, purpose, expiry]),
    ),
  relayGrant: ({ of, signature }: SignedGrant) =>
    call("Consents", "relay the grant", () =>
      Consents.encodeFunctionData("grantBySignature", [of, signature]),
    ),
  revokeConsent: ({ grantee, source, purpose }: Omit<Use, "owner">) =>
    call("Consents", "revoke the consent", () =>
      Consents.encodeFunctionData("revoke", [grantee, source, purpose]),
    ),
  relayRevocation: ({ of, signature }: SignedRevocation) =>
    call("Consents", "relay the revocation", () =>
      Consents.encodeFunctionData("revokeBySignature", [of, signature]),
    ),

  requestConnection: (member: Address) =>
    call("Connections", "ask for a connection", () => Connections.encodeFunctionData("request", [member])),
  acceptConnection: (requester: Address) =>
    call("Connections", "accept the connection", () => Connections.encodeFunctionData("accept", [requester])),
  declineConnection: (requester: Address) =>
    call("Connections", "decline the connection", () =>
      Connections.encodeFunctionData("decline", [requester]),
    ),
  withdrawRequest: (member: Address) =>
    call("Connections", "take the request back", () => Connections.encodeFunctionData("withdraw", [member])),
  endConnection: (partner: Address) =>
    call("Connections", "end the connection", () => Connections.encodeFunctionData("end", [partner])),

  endorseBelt: (belt: Hash) =>
    call("Belts", "endorse the belt", () => Belts.encodeFunctionData("endorse", [belt])),
  withdrawEndorsement: (belt: Hash) =>
    call("Belts", "take the endorsement back", () => Belts.encodeFunctionData("withdrawEndorsement", [belt])),
  deprecateBelt: (belt: Hash, successor: Hash | null) =>
    call("Belts", "deprecate the belt", () =>
      Belts.encodeFunctionData("deprecate", [belt, successor ?? noHash]),
    ),
  proposeSteward: (belt: Hash, candidate: Address | undefined) =>
    call("Belts", "propose the steward", () =>
      Belts.encodeFunctionData("proposeSteward", [belt, candidate ?? nobody]),
    ),
  acceptSteward: (belt: Hash) =>
    call("Belts", "take the belt over", () => Belts.encodeFunctionData("acceptSteward", [belt])),
};

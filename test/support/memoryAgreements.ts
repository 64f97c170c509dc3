import type { Connection, Consent, NodeOperations, WrittenConsent } from "../../nodes/api/index.ts";
import { BeltError } from "../../pipeline/errors.ts";
import { type Agreed, bytes, type MemoryWritings, notingIn, time } from "./memoryWritings.ts";

type AgreementOperations = Pick<
  NodeOperations,
  | "consents"
  | "grantConsent"
  | "revokeConsent"
  | "relayConsent"
  | "connections"
  | "requestConnection"
  | "acceptConnection"
  | "endConnection"
  | "endorseBelt"
  | "withdrawEndorsement"
  | "deprecateBelt"
  | "proposeSteward"
  | "acceptSteward"
>;

export const consent: Consent = {
  consent: bytes("c0", 32),
  owner: bytes("0e", 20),
  grantee: bytes("a1", 20),
  granteeName: "acme",
  source: bytes("50", 32),
  purpose: bytes("90", 32),
  state: "granted",
  expiry: time,
  nextNonce: 1,
  relayer: bytes("b2", 20),
};

export const connection: Connection = {
  partner: bytes("b2", 20),
  partnerName: "bank",
  requester: bytes("b2", 20),
  state: "requested",
  requestedAt: time,
};

/** Those operations of a node in memory: it keeps what it was told, and knows no member called nobody. */
export function memoryAgreements(agreed: Agreed[], writings: MemoryWritings): AgreementOperations {
  const { transaction } = writings;
  const noting = notingIn(agreed, writings);
  const consented = <Given>(what: string) =>
    noting<Given, WrittenConsent>(what, () => ({ consent: consent.consent, transaction }));
  const connected = (what: string) =>
    noting(what, (member: string) => {
      if (member === "nobody")
        throw new BeltError("NOT_FOUND", "No member is called nobody.", { at: "/member" });
      return { partner: connection.partner, transaction };
    });
  const ofBelt = (what: string) => noting(what, (belt: string) => ({ belt, transaction }));
  const changed = <Given extends { readonly belt: string }>(what: string) =>
    noting(what, ({ belt }: Given) => ({ belt, transaction }));

  return {
    consents: async () => [consent],
    grantConsent: consented("grant the consent"),
    revokeConsent: consented("revoke the consent"),
    relayConsent: consented("relay the consent"),
    connections: async () => [connection],
    requestConnection: connected("ask for a connection"),
    acceptConnection: connected("accept the connection"),
    endConnection: connected("end the connection"),
    endorseBelt: ofBelt("endorse the belt"),
    withdrawEndorsement: ofBelt("take the endorsement back"),
    deprecateBelt: changed("deprecate the belt"),
    proposeSteward: changed("propose the steward"),
    acceptSteward: ofBelt("take the belt over"),
  };
}

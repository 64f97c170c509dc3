import { BeltError } from "../../pipeline/errors.ts";
import {
  AddressText,
  type Consent as ConsentRecord,
  consentState,
  HashText,
} from "../../pipeline/index/index.ts";
import type { Consent, NewConsent, NodeOperations, OwnUse, SignedStatement } from "../api/index.ts";
import { memberNamed } from "./members.ts";
import { nameOf, type OperationParts, timeOfSeconds } from "./parts.ts";
import { writing } from "./writing.ts";

type ConsentOperations = Pick<NodeOperations, "consents" | "grantConsent" | "revokeConsent" | "relayConsent">;

/** Who may use whose data, as far as it concerns this member. */
export function consentOperations(parts: OperationParts): ConsentOperations {
  const { ledger, member, clock } = parts;
  const { view } = ledger;
  const now = (): number => Math.floor(clock.now() / 1000);

  /** What of this member's own data is meant. */
  const useOf = ({ grantee, source, purpose }: OwnUse) => ({
    grantee: memberNamed(view, grantee, "/grantee"),
    source: HashText.parse(source),
    purpose: HashText.parse(purpose),
  });

  return {
    async consents() {
      const concerns = ({ owner, grantee, relayer }: ConsentRecord) =>
        [owner, grantee, relayer].includes(member);
      return [...view.consents.values()].filter(concerns).map((consent) => consentView(consent));
    },
    grantConsent: writing(parts, async (given: NewConsent, { ledger: to, options }) => {
      const expiry = Math.floor(Date.parse(given.expiry) / 1000);
      if (expiry < now()) {
        throw new BeltError("INPUT_INVALID", "The consent would be over: its expiry is past.", {
          at: "/expiry",
        });
      }
      const { consent, transaction } = await to.grantConsent({ ...useOf(given), expiry }, options);
      return { consent, transaction };
    }),
    revokeConsent: writing(parts, async (given: OwnUse, { ledger: to, options }) => {
      const { consent, transaction } = await to.revokeConsent(useOf(given), options);
      return { consent, transaction };
    }),
    relayConsent: writing(parts, async (signed: SignedStatement, { ledger: to, options }) => {
      const { consent, transaction } =
        signed.statement === "grant"
          ? await to.relayGrant({ ...signed, of: { ...signed.of, ...aboutOf(signed) } }, options)
          : await to.relayRevocation({ ...signed, of: { ...signed.of, ...aboutOf(signed) } }, options);
      return { consent, transaction };
    }),
  };

  function consentView({ id, expiry, nonce, ...rest }: ConsentRecord): Consent {
    const { owner, grantee, source, purpose, relayer } = rest;
    return {
      ...{ consent: id, owner, grantee, granteeName: nameOf(view, grantee), source, purpose },
      state: consentState({ id, expiry, nonce, ...rest }, now()),
      ...(expiry === undefined ? {} : { expiry: timeOfSeconds(expiry) }),
      ...{ nextNonce: nonce, relayer },
    };
  }
}

/** Accounts and commitments in the one form that the ledger's index has. */
function aboutOf({ of }: SignedStatement) {
  return {
    owner: AddressText.parse(of.owner),
    grantee: AddressText.parse(of.grantee),
    source: HashText.parse(of.source),
    purpose: HashText.parse(of.purpose),
  };
}

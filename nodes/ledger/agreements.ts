import { sha256, toHex } from "../../pipeline/bytes.ts";
import { BeltError } from "../../pipeline/errors.ts";
import {
  type Address,
  type Connection,
  connectionBetween,
  connectionState,
  endorses,
  type Hash,
  type IndexView,
  type Position,
} from "../../pipeline/index/index.ts";
import { agreementCalls, type NewConsent } from "./agreementCalls.ts";
import { consentId } from "./identifiers.ts";
import type { LedgerReader } from "./reader.ts";
import type { SignedGrant, SignedRevocation, Use } from "./statements.ts";
import type { SubmitOptions } from "./submit.ts";
import type { Write, Written } from "./write.ts";

/** What was written of a consent. */
export interface WrittenConsent extends Written {
  readonly consent: Hash;
}

/** What a member writes of consents, of its connections, and of what it thinks of belts. */
export interface Agreements {
  /** Grants a use of the account's own data; replaces what it granted before. */
  grantConsent(grant: NewConsent, options?: SubmitOptions): Promise<WrittenConsent>;
  /**
   * Revokes a use of the account's own data. That is always written: a grant that was signed and not relayed yet may be
   * under way, and it ends that too.
   */
  revokeConsent(use: Omit<Use, "owner">, options?: SubmitOptions): Promise<WrittenConsent>;
  /** Brings to the ledger what an owner signed. */
  relayGrant(signed: SignedGrant, options?: SubmitOptions): Promise<WrittenConsent>;
  relayRevocation(signed: SignedRevocation, options?: SubmitOptions): Promise<WrittenConsent>;

  requestConnection(member: Address, options?: SubmitOptions): Promise<Written>;
  acceptConnection(requester: Address, options?: SubmitOptions): Promise<Written>;
  /**
   * Ends what there is with a member: declines its request, takes back the account's own, or ends the connection.
   *
   * @throws {BeltError} `NOT_FOUND` when there never was any
   */
  endConnection(member: Address, options?: SubmitOptions): Promise<Written>;

  endorseBelt(belt: Hash, options?: SubmitOptions): Promise<Written>;
  withdrawEndorsement(belt: Hash, options?: SubmitOptions): Promise<Written>;
  /** Advises against a belt that the account answers for. */
  deprecateBelt(belt: Hash, successor: Hash | null, options?: SubmitOptions): Promise<Written>;
  /** Proposes who is to take a belt over; undefined takes the proposal back. */
  proposeSteward(belt: Hash, candidate: Address | undefined, options?: SubmitOptions): Promise<Written>;
  acceptSteward(belt: Hash, options?: SubmitOptions): Promise<Written>;
}

export interface AgreementParts {
  readonly write: Write;
  readonly view: IndexView;
  readonly account: Address;
  /** Where a contract is, once the view has caught up. */
  readonly addressOf: LedgerReader["addressOf"];
}

export function createAgreements({ write, view, account, addressOf }: AgreementParts): Agreements {
  return {
    ...consentWritings({ write, view, account }),
    ...connectionWritings({ write, view, account, addressOf }),
    ...beltWritings({ write, view, account }),
  };
}

type Parts = Omit<AgreementParts, "addressOf">;

function consentWritings({ write, view, account }: Parts) {
  const nextOf = (consent: Hash): number => view.consents.get(consent)?.nonce ?? 0;
  const named = async (consent: Hash, writing: Promise<Written>): Promise<WrittenConsent> => ({
    ...(await writing),
    consent,
  });

  return {
    grantConsent(grant: NewConsent, options?: SubmitOptions) {
      const consent = consentId({ ...grant, owner: account });
      const already = () => {
        const known = view.consents.get(consent);
        return known?.expiry === grant.expiry ? known.granted : undefined;
      };
      // What was granted can be revoked, and granted again: every time is another.
      const id = () => `grant/${consent}/${nextOf(consent)}/${grant.expiry}`;
      return named(consent, write(id, agreementCalls.grantConsent(grant), already, options));
    },

    revokeConsent(use: Omit<Use, "owner">, options?: SubmitOptions) {
      const consent = consentId({ ...use, owner: account });
      const id = () => `revoke/${consent}/${nextOf(consent)}`;
      return named(
        consent,
        write(id, agreementCalls.revokeConsent(use), () => undefined, options),
      );
    },

    relayGrant(signed: SignedGrant, options?: SubmitOptions) {
      const consent = consentId(signed.of);
      const already = () => {
        const known = view.consents.get(consent);
        const same = known?.nonce === signed.of.nonce + 1 && known.expiry === signed.of.expiry;
        return same ? known.granted : undefined;
      };
      const id = `relay/${consent}/${signed.of.nonce}/${digestOf(signed.signature)}`;
      return named(consent, write(id, agreementCalls.relayGrant(signed), already, options));
    },

    relayRevocation(signed: SignedRevocation, options?: SubmitOptions) {
      const consent = consentId(signed.of);
      const already = () => {
        const known = view.consents.get(consent);
        const ended = known?.nonce === signed.of.nonce + 1 && known.expiry === undefined;
        return ended ? known.revoked : undefined;
      };
      const id = `relay-revocation/${consent}/${signed.of.nonce}/${digestOf(signed.signature)}`;
      return named(consent, write(id, agreementCalls.relayRevocation(signed), already, options));
    },
  };
}

function connectionWritings({ write, view, account, addressOf }: AgreementParts) {
  const known = (member: Address): Connection | undefined => connectionBetween(view, account, member);
  /** What was said last between the two: what follows it is named after it. */
  const last = (member: Address): string => {
    const connection = known(member);
    return place(connection?.ended ?? connection?.accepted ?? connection?.requested);
  };

  return {
    requestConnection(member: Address, options?: SubmitOptions) {
      const already = () => {
        const connection = known(member);
        if (!connection || connection.ended) return undefined;
        return connection.accepted ?? (connection.requester === account ? connection.requested : undefined);
      };
      const id = () => `connect/${member}/${last(member)}`;
      return write(id, agreementCalls.requestConnection(member), already, options);
    },

    acceptConnection(requester: Address, options?: SubmitOptions) {
      const already = () => {
        const connection = known(requester);
        return connection?.ended ? undefined : connection?.accepted;
      };
      const id = () => `accept-connection/${requester}/${last(requester)}`;
      return write(id, agreementCalls.acceptConnection(requester), already, options);
    },

    async endConnection(member: Address, options: SubmitOptions = {}) {
      await addressOf("Connections", options.signal);
      const connection = known(member);
      if (!connection) {
        throw new BeltError("NOT_FOUND", "There is no connection with this member, and no request.", {
          at: "member",
        });
      }
      const state = connectionState(connection);
      const call =
        state === "connected"
          ? agreementCalls.endConnection(member)
          : connection.requester === account
            ? agreementCalls.withdrawRequest(member)
            : agreementCalls.declineConnection(member);
      const already = () => known(member)?.ended;
      return write(`disconnect/${member}/${last(member)}`, call, already, options);
    },
  };
}

function beltWritings({ write, view, account }: Parts) {
  const endorsement = (belt: Hash) => view.belts.get(belt)?.endorsements.get(account);

  return {
    endorseBelt(belt: Hash, options?: SubmitOptions) {
      const already = () => {
        const known = view.belts.get(belt);
        return known && endorses(known, account) ? endorsement(belt)?.endorsed : undefined;
      };
      const id = () => `endorse/${belt}/${place(endorsement(belt)?.withdrawn)}`;
      return write(id, agreementCalls.endorseBelt(belt), already, options);
    },

    withdrawEndorsement(belt: Hash, options?: SubmitOptions) {
      const already = () => endorsement(belt)?.withdrawn;
      const id = () => `unendorse/${belt}/${place(endorsement(belt)?.endorsed)}`;
      return write(id, agreementCalls.withdrawEndorsement(belt), already, options);
    },

    deprecateBelt(belt: Hash, successor: Hash | null, options?: SubmitOptions) {
      const already = () => {
        const known = view.belts.get(belt);
        return known?.successor === successor ? known.deprecated : undefined;
      };
      const id = `deprecate/${belt}/${successor ?? "none"}`;
      return write(id, agreementCalls.deprecateBelt(belt, successor), already, options);
    },

    proposeSteward(belt: Hash, candidate: Address | undefined, options?: SubmitOptions) {
      const already = () => {
        const known = view.belts.get(belt);
        return known?.steward === account && known.candidate === candidate ? known.stewarded : undefined;
      };
      const id = () => `steward/${belt}/${candidate ?? "none"}/${place(view.belts.get(belt)?.stewarded)}`;
      return write(id, agreementCalls.proposeSteward(belt, candidate), already, options);
    },

    acceptSteward(belt: Hash, options?: SubmitOptions) {
      const already = () => {
        const known = view.belts.get(belt);
        return known?.steward === account ? known.stewarded : undefined;
      };
      const id = () => `accept-steward/${belt}/${place(view.belts.get(belt)?.stewarded)}`;
      return write(id, agreementCalls.acceptSteward(belt), already, options);
    },
  };
}

const place = (position: Position | undefined): string =>
  position ? `${position.block}-${position.logIndex}` : "first";

const digestOf = (signature: string): string => toHex(sha256(signature.toLowerCase()));

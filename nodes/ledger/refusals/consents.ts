import type { Refusals } from "./refusal.ts";

/** What Consents refuses. */
export const consentRefusals: Refusals = {
  "CommitmentMissing(source,purpose)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "a consent has commitments to a source and to a purpose, and here one is empty",
  },
  "ExpiryPast(expiry,time)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "a consent until {expiry:time} would be over: it is {time:time}",
  },
  "SignatureExpired(deadline,time)": {
    code: "LEDGER_SIGNATURE_REFUSED",
    says: "the signature could be relayed until {deadline:time}, and it is {time:time}",
  },
  "SignatureInvalid(owner)": {
    code: "LEDGER_SIGNATURE_REFUSED",
    says: "{owner} did not sign this, for this ledger",
  },
  "NonceInvalid(id,next,nonce)": {
    code: "LEDGER_SIGNATURE_REFUSED",
    says: "number {nonce} of consent {id} was used or revoked, or is too far ahead: the next is {next}",
    remedy: "Have it signed anew under the next number.",
  },
  "UsesOutOfBounds(uses,limit)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "{limit} uses can be asked about at once, and not {uses}",
  },
};

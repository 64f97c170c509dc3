import type { Refusals } from "./refusal.ts";

const approval = "A node approves what bookings cost by itself; approve more, or do it again in a moment.";

/** What Credit refuses, and OpenZeppelin's ERC-20, permit and signatures in it. */
export const creditRefusals: Refusals = {
  "EscrowClosed(account)": {
    code: "LEDGER_NOT_ENTITLED",
    says: "credit enters {account} by a booking alone, and is never burned there",
    remedy: "Send credit to members; a booking takes its price itself.",
  },

  "ERC20InsufficientBalance(sender,balance,needed)": {
    code: "CREDIT_SHORT",
    says: "{sender} has {balance} credit, and {needed} is needed",
  },
  "ERC20InsufficientAllowance(spender,allowance,needed)": {
    code: "CREDIT_SHORT",
    says: "{spender} may take {allowance} credit of the account, and {needed} is needed",
    remedy: approval,
  },
  "ERC20InvalidSender(sender)": { code: "LEDGER_VALUE_REFUSED", says: "nobody can send from {sender}" },
  "ERC20InvalidReceiver(receiver)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "nobody can receive at {receiver}",
  },
  "ERC20InvalidApprover(approver)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "nobody can approve as {approver}",
  },
  "ERC20InvalidSpender(spender)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "nobody can be approved to spend as {spender}",
  },

  "ERC2612ExpiredSignature(deadline)": {
    code: "LEDGER_SIGNATURE_REFUSED",
    says: "the permit's signature was good until {deadline:time}",
  },
  "ERC2612InvalidSigner(signer,owner)": {
    code: "LEDGER_SIGNATURE_REFUSED",
    says: "the permit is signed by {signer}, or for other values, and not by {owner}, whose credit it is",
  },
  "InvalidAccountNonce(account,currentNonce)": {
    code: "LEDGER_SIGNATURE_REFUSED",
    says: "the next signature of {account} has the nonce {currentNonce}: this one was used before, or comes out of turn",
  },
  "ECDSAInvalidSignature()": { code: "LEDGER_SIGNATURE_REFUSED", says: "the signature is none" },
  "ECDSAInvalidSignatureLength(length)": {
    code: "LEDGER_SIGNATURE_REFUSED",
    says: "a signature has 65 bytes, and not {length}",
  },
  "ECDSAInvalidSignatureS(s)": {
    code: "LEDGER_SIGNATURE_REFUSED",
    says: "the signature is in the form that can be made from another's, which nobody accepts",
  },
  "InvalidShortString()": { code: "LEDGER_VALUE_REFUSED", says: "a short text is longer than 31 bytes" },
  "StringTooLong(str)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "a short text has 31 bytes at most, unlike {str}",
  },
};

import type { Entries } from "./entry.ts";

/** What is wrong with trays, receipts and proofs, or keeps a node or its partner from taking them. */
export const trayErrors = {
  COMMITMENT_MISMATCH: {
    status: 422,
    retryable: false,
    remedy: "The fields do not open the commitment: ask the sender what it changed.",
  },
  TRAY_TOO_LARGE: {
    status: 413,
    retryable: false,
    remedy: "Put fewer items on a tray, or smaller ones; docs/protocol.md has the limits.",
  },
  TRAY_INVALID: {
    status: 400,
    retryable: false,
    remedy: "Send a JWE that holds a JWS, in the form that docs/protocol.md describes.",
  },
  TRAY_VERSION_UNKNOWN: {
    status: 422,
    retryable: true,
    remedy:
      "Send trays of a version that the receiver's /v1/about names; what is sent again is taken once it is updated.",
  },
  TRAY_SEAL_INVALID: {
    status: 400,
    retryable: false,
    remedy: "Seal the tray to the sealing key in the receiver's profile on the ledger.",
  },
  TRAY_SIGNATURE_INVALID: {
    status: 401,
    retryable: false,
    remedy: "Sign the tray with the signing key in your profile on the ledger.",
  },
  TRAY_SENDER_UNKNOWN: {
    status: 403,
    retryable: true,
    remedy: "Publish your profile with this signing key; if that was just now, try again.",
  },
  TRAY_EDGE_REFUSED: {
    status: 403,
    retryable: false,
    remedy: "Send only along the edges of the belt, from the member whose offer the station is.",
  },
  TRAY_CONFLICT: {
    status: 409,
    retryable: false,
    remedy: "A tray with this number was accepted before with other bytes: resend the first one unchanged.",
  },
  SHEET_UNKNOWN: {
    status: 425,
    retryable: true,
    remedy: "The booking is not on the ledger as this node sees it; try again in a moment.",
  },
  SHEET_CLOSED: {
    status: 410,
    retryable: false,
    remedy: "The sheet has expired or was reported; book its cases again.",
  },
  MANIFEST_UNAVAILABLE: {
    status: 503,
    retryable: true,
    remedy: "The sheet's manifest could not be fetched from the sender; try again in a moment.",
  },
  DOCUMENT_UNAVAILABLE: {
    status: 503,
    retryable: true,
    remedy: "The member that published the document must be reachable; try again in a moment.",
  },
  NODE_PAUSED: {
    status: 503,
    retryable: true,
    remedy: "The node has stopped taking work until its operator has looked; its work is kept. See /readyz.",
  },
  OVERLOADED: {
    status: 503,
    retryable: true,
    remedy: "The node is busy: wait as long as Retry-After says.",
  },
  PARTNER_UNREACHABLE: {
    status: 503,
    retryable: true,
    remedy: "The partner's node is away or its URL in its profile is wrong; this node keeps trying.",
  },
  PARTNER_REFUSED: {
    status: 424,
    retryable: true,
    remedy:
      "What answers there does not speak as a node, a proxy perhaps: ask the partner; this node keeps trying.",
  },
  ACKNOWLEDGEMENT_INVALID: {
    status: 502,
    retryable: true,
    remedy: "The partner's acknowledgement does not fit the tray; it is sent again.",
  },
  PROOF_INVALID: {
    status: 422,
    retryable: false,
    remedy: "The proof does not lead to the root: the log was changed, or the proof is of another entry.",
  },
  RECEIPT_INVALID: {
    status: 422,
    retryable: false,
    remedy: "Take it as its member signed it, and ask that member if in doubt.",
  },
  COPIES_REFUSED: {
    status: 403,
    retryable: false,
    remedy:
      "Ask, signed with your profile's key, for your own receipts of a sheet that this partner has part in.",
  },
} as const satisfies Entries;

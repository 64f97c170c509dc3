import type { Entries } from "./entry.ts";

/** What is wrong with belts, offers, schemas and cases. */
export const beltErrors = {
  BELT_INVALID: {
    status: 422,
    retryable: false,
    remedy: "Correct the belt document at the place that is named; docs/protocol.md describes its form.",
  },
  BELT_CYCLE: {
    status: 422,
    retryable: false,
    remedy: "Remove one of the needs on the cycle: a station cannot need its own outcome.",
  },
  BELT_NEED_UNRESOLVED: {
    status: 422,
    retryable: false,
    remedy: "Name a field that the case schema or the station's output schema has.",
  },
  BELT_NEEDS_OVERLAP: {
    status: 422,
    retryable: false,
    remedy: "Name the parts instead of the whole, so that every field has one commitment.",
  },
  BELT_TYPE_MISMATCH: {
    status: 422,
    retryable: false,
    remedy: "Make the field and the need agree in their JSON Schemas.",
  },
  BELT_CONDITION_INVALID: {
    status: 422,
    retryable: false,
    remedy:
      "Write `when` as a CEL expression over the fields that the station receives, with a boolean result.",
  },
  BELT_OFFER_UNAVAILABLE: {
    status: 422,
    retryable: false,
    remedy: "Use an offer that is on the ledger, not withdrawn and not past its validity.",
  },
  BELT_OFFER_AMBIGUOUS: {
    status: 422,
    retryable: false,
    remedy: "Write the member's name before the offer's, as MEMBER/OFFER, or the offer's id.",
  },
  OFFER_INVALID: {
    status: 422,
    retryable: false,
    remedy: "Correct the offer document at the place that is named; docs/protocol.md describes its form.",
  },
  SCHEMA_REFUSED: {
    status: 422,
    retryable: false,
    remedy: "Keep schemas within JSON Schema 2020-12 and the limits in docs/protocol.md.",
  },
  CASE_INVALID: {
    status: 422,
    retryable: false,
    remedy: "Correct the case at the place that is named; `belt belt show` prints the case schema.",
  },
} as const satisfies Entries;

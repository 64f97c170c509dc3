import type { Entries } from "./entry.ts";

/** What can go wrong anywhere. */
export const generalErrors = {
  INTERNAL: {
    status: 500,
    retryable: false,
    remedy: "This is a defect: run the command again with --debug and report what it prints.",
  },
  INPUT_INVALID: {
    status: 400,
    retryable: false,
    remedy: "Correct the input at the place that is named.",
  },
  JSON_INVALID: {
    status: 400,
    retryable: false,
    remedy: "Send one valid JSON text (RFC 8259), encoded as UTF-8.",
  },
  NOT_FOUND: { status: 404, retryable: false, remedy: "Check the name; the list commands show what exists." },
} as const satisfies Entries;

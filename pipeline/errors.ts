/**
 * The catalogue of everything that can go wrong, one entry a code.
 *
 * `status` is the HTTP status of the problem (RFC 9457), `retryable` whether the same call may succeed later
 * unchanged, `remedy` the sentence that tells the reader what to do.
 */
export const catalogue = {
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
  // --- belt
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
  // --- disclosure, tray, receipt, log
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
    remedy: "Send a compact JWE that holds a compact JWS, as docs/protocol.md describes.",
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
  // --- store
  STORE_LOCKED: {
    status: 503,
    retryable: true,
    remedy: "Stop the other process that uses this data folder, or name another folder.",
  },
  STORE_CONFLICT: {
    status: 503,
    retryable: true,
    remedy: "Try again: another worker of this member was faster.",
  },
  STORE_CLOSED: {
    status: 503,
    retryable: true,
    remedy: "The node is stopping: try again once it runs.",
  },
  STORE_TOO_NEW: {
    status: 500,
    retryable: false,
    remedy: "Run the version of the program that wrote the store, or a newer one; nothing was changed.",
  },
  STORE_EXISTS: {
    status: 409,
    retryable: false,
    remedy:
      "Restore into an empty data folder, or move the store away that is there; two stores are never mixed.",
  },
  BACKUP_DAMAGED: {
    status: 422,
    retryable: false,
    remedy: "Take another backup; nothing was written.",
  },
  BACKUP_UNKNOWN: {
    status: 422,
    retryable: false,
    remedy:
      "Name the file that `belt backup` wrote, and restore it with that version of the program or a newer one.",
  },
  BACKUP_FOREIGN: {
    status: 422,
    retryable: false,
    remedy: "Restore it beside its own member's keys, or into an empty data folder.",
  },
  LOG_FORKED: {
    status: 503,
    retryable: true,
    remedy:
      "Its operator goes on with the store that wrote the anchored receipts, and with no other copy of it.",
  },
  LOG_BEHIND: {
    status: 503,
    retryable: true,
    remedy:
      "Its operator restores a later backup, or waits until the node has its missing receipts from its partners: its /readyz says what is missing, and what each of them answered.",
  },
  STORE_FAILED: {
    status: 503,
    retryable: true,
    remedy:
      "Check that the data folder is writable, that the disk has room, and that its files are whole; or that the database answers.",
  },
  STORE_DAMAGED: {
    status: 500,
    retryable: false,
    remedy:
      "Check the disk and the machine's memory, then restore the data folder from its backup; what is named is not used.",
  },
  // --- ledger
  LEDGER_UNREACHABLE: {
    status: 503,
    retryable: true,
    remedy: "Start the ledger's node or correct its URL; work goes on by itself once it answers.",
  },
  LEDGER_STALLED: {
    status: 503,
    retryable: true,
    remedy:
      "Ask those who run the network's validators: too few of them work together. The work is kept and goes on by itself.",
  },
  LEDGER_WRONG_CHAIN: {
    status: 500,
    retryable: false,
    remedy: "Correct the chain id in the configuration, or the ledger's URL.",
  },
  LEDGER_NO_DIRECTORY: {
    status: 500,
    retryable: false,
    remedy: "Correct the directory's address: the deployment file of this ledger names it.",
  },
  LEDGER_REPLACED: {
    status: 500,
    retryable: false,
    remedy:
      "This is another ledger than the one this node knows: point the node at the old one, or start it with a new data folder.",
  },
  LEDGER_EVENT_INVALID: {
    status: 502,
    retryable: false,
    remedy:
      "The directory names a contract that is not one of this version's: update the node, or correct the directory.",
  },
  LEDGER_FORKED: {
    status: 409,
    retryable: true,
    remedy: "The ledger took blocks back: roll back to the last common block and read on from there.",
  },
  LEDGER_CALL_FAILED: {
    status: 502,
    retryable: true,
    remedy:
      "The ledger's node refused the call with the words that are given; try again, or use another node.",
  },
  LEDGER_REVERTED: {
    status: 422,
    retryable: false,
    remedy: "Nothing was changed on the ledger; see with `belt ledger` how it stands there.",
  },
  LEDGER_VALUE_REFUSED: {
    status: 422,
    retryable: false,
    remedy: "Correct the value that is named; nothing was changed on the ledger.",
  },
  LEDGER_STATE_REFUSED: {
    status: 409,
    retryable: false,
    remedy: "See with `belt ledger` how it stands there; nothing was changed.",
  },
  LEDGER_DONE_BEFORE: {
    status: 409,
    retryable: false,
    remedy: "It is on the ledger already, and stays as it is: there is nothing left to do.",
  },
  LEDGER_NOT_ENTITLED: {
    status: 403,
    retryable: false,
    remedy: "Do it from the account that may, or ask whose account it is.",
  },
  LEDGER_TOO_EARLY: {
    status: 425,
    retryable: true,
    remedy: "Do it again once the time has come.",
  },
  LEDGER_TOO_LATE: {
    status: 409,
    retryable: false,
    remedy: "Its time has passed: nothing was changed on the ledger.",
  },
  LEDGER_SIGNATURE_REFUSED: {
    status: 403,
    retryable: false,
    remedy:
      "Have it signed anew by the account that is meant, for this ledger and with a time that lies ahead.",
  },
  MEMBER_INACTIVE: {
    status: 403,
    retryable: false,
    remedy:
      "Only active members may do this: have the consortium admit or reinstate the account; `belt ledger profiles` shows who is one.",
  },
  BOOKINGS_PAUSED: {
    status: 503,
    retryable: true,
    remedy:
      "What is booked goes on; book again when the pause is over, which `belt ledger pause` shows, or once the members have lifted it.",
  },
  LEDGER_INTENT_CONFLICT: {
    status: 409,
    retryable: false,
    remedy: "What was written under this name stands; write something new under a name of its own.",
  },
  LEDGER_FUNDS_SHORT: {
    status: 402,
    retryable: true,
    remedy: "Put more of the network's own money on the account that pays for the transactions.",
  },
  CREDIT_SHORT: {
    status: 402,
    retryable: false,
    remedy:
      "Nothing was booked: get credit from another member or from who issues it, withdraw what is owed, or book fewer cases.",
  },
  CHAIN_FAILED: {
    status: 500,
    retryable: true,
    remedy:
      "The local chain's own words are given; see that this machine has memory left, and start it again.",
  },
  CLOCK_SKEWED: {
    status: 500,
    retryable: true,
    remedy: "Set this machine's clock (NTP): deadlines and receipts depend on it.",
  },
  // --- stations
  STATION_INVALID: {
    status: 422,
    retryable: false,
    remedy: "Export one station made with a define function as the module's default export.",
  },
  STATION_OUTPUT_REFUSED: {
    status: 422,
    retryable: false,
    remedy: "Return exactly what the station's output schema describes; other fields never leave.",
  },
  STATION_SETTINGS_INVALID: {
    status: 422,
    retryable: false,
    remedy: "Correct the station's settings in the node's configuration at the place that is named.",
  },
  STATION_TIMEOUT: {
    status: 504,
    retryable: true,
    remedy: "Make the work shorter, or raise `timeoutMs` in the station's settings.",
  },
  STATION_STOPPED: {
    status: 503,
    retryable: true,
    remedy: "The node stopped or the deadline passed; a case within its deadline is taken up again.",
  },
  STATION_CRASHED: {
    status: 500,
    retryable: true,
    remedy: "See in the node's log what ended the station's process, and correct the station's own code.",
  },
  STATION_FAILED: {
    status: 500,
    retryable: false,
    remedy: "Correct the station's own code; its member's log has the details.",
  },
  STATION_SOURCE_UNAVAILABLE: {
    status: 503,
    retryable: true,
    remedy: "See that the service or database behind the station runs and answers in time.",
  },
  STATION_SOURCE_FAILED: {
    status: 502,
    retryable: false,
    remedy: "Make the station's request and the service or database behind it agree.",
  },
  STATION_MISSING: {
    status: 503,
    retryable: true,
    remedy:
      "Put the station's module back into the node's configuration and restart it, or withdraw the offer.",
  },
  QUARANTINE_UNKNOWN: {
    status: 404,
    retryable: false,
    remedy: "`belt quarantine list` shows the cases that are held; this one may have been decided on.",
  },
  TASK_UNKNOWN: { status: 404, retryable: false, remedy: "`belt tasks list` shows the open tasks." },
  // --- rules of a belt
  RULES_INVALID: {
    status: 422,
    retryable: false,
    remedy: "Correct the rule pack at the place that is named: rows in ascending order, every column filled.",
  },
  RULES_NOT_EFFECTIVE: {
    status: 422,
    retryable: false,
    remedy: "Use a date in the period of a rule pack, or add the pack of that period.",
  },
  // --- configuration, keys, command line, operator's API
  USAGE_INVALID: {
    status: 400,
    retryable: false,
    remedy: "Run the command with --help to see how it is used.",
  },
  FILE_UNREADABLE: {
    status: 400,
    retryable: false,
    remedy: "Check the path and that this user may read and write it.",
  },
  CONFIG_INVALID: {
    status: 400,
    retryable: false,
    remedy: "Correct the value at the place that is named; `belt doctor` shows where each value comes from.",
  },
  CONFIG_MISSING: {
    status: 404,
    retryable: false,
    remedy: "Make one with `belt init`, or name it with --config or BELT_CONFIG.",
  },
  CONFIG_EXISTS: {
    status: 409,
    retryable: false,
    remedy: "Choose another folder, or edit the file that is there; it is never overwritten.",
  },
  KEYS_MISSING: {
    status: 404,
    retryable: false,
    remedy: "Make them with `belt init`, or restore the keys folder from its backup.",
  },
  KEYS_EXIST: {
    status: 409,
    retryable: false,
    remedy: "Keys are never overwritten: move the keys folder away if this node is to be a new member.",
  },
  KEYS_EXPOSED: {
    status: 400,
    retryable: false,
    remedy: "Take the rights of others away: `chmod 600` for the file, `chmod 700` for its folder.",
  },
  KEYS_DAMAGED: {
    status: 400,
    retryable: false,
    remedy: "Restore the file from its backup; without one this node must become a new member.",
  },
  PASSPHRASE_MISSING: {
    status: 400,
    retryable: false,
    remedy: "Give the passphrase in BELT_PASSPHRASE, or a file that holds it with --passphrase-file.",
  },
  PASSPHRASE_WRONG: {
    status: 400,
    retryable: false,
    remedy: "Give the passphrase that the keys were made with.",
  },
  MEMBER_NOT_ADMITTED: {
    status: 403,
    retryable: true,
    remedy:
      "Have a member propose the account under this name (`belt govern propose admit`), then try again.",
  },
  PROFILE_OUTDATED: {
    status: 409,
    retryable: false,
    remedy: "Publish the profile as this node has it: stop the node, run `belt join`, and start it again.",
  },
  PORT_IN_USE: {
    status: 409,
    retryable: false,
    remedy: "Stop what listens there, or choose another port in the configuration.",
  },
  DATA_IN_USE: {
    status: 409,
    retryable: true,
    remedy:
      "Stop the network that uses the folder, or name another one with --data; if the process is another program, remove the file.",
  },
  NODE_NOT_READY: {
    status: 503,
    retryable: true,
    remedy: "The reasons are given; the node's log and its /readyz say more.",
  },
  PROCESS_ENDED: {
    status: 500,
    retryable: true,
    remedy: "The log that is named has its last words: correct what they say and start it again.",
  },
  API_TOKEN_REFUSED: {
    status: 401,
    retryable: false,
    remedy: "Send `Authorization: Bearer` with the token of the node's keys folder (file api-token).",
  },
  API_UNREACHABLE: {
    status: 503,
    retryable: true,
    remedy: "Start the node with `belt serve`, or name its API with --api.",
  },
  API_ANSWER_INVALID: {
    status: 502,
    retryable: false,
    remedy: "Check that --api names a node's operator API and that both have the same version.",
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    retryable: false,
    remedy: "Use one of the methods in the Allow header; GET /openapi.json describes them.",
  },
  MEDIA_TYPE_UNSUPPORTED: {
    status: 415,
    retryable: false,
    remedy: "Send the body as application/json in UTF-8.",
  },
  BODY_TOO_LARGE: {
    status: 413,
    retryable: false,
    remedy: "Send less at a time: fewer cases on a sheet, or smaller ones.",
  },
} as const satisfies Record<string, { status: number; retryable: boolean; remedy: string }>;

export type Code = keyof typeof catalogue;

/** Where and why: what a {@link BeltError} carries besides its code and sentence. */
export interface ErrorContext {
  /** The place in the input, as a JSON pointer, a file name with line, an option or a variable's name. */
  readonly at?: string;
  /** Seconds to wait before trying again. */
  readonly retryAfter?: number;
  /** What to do, where that can be said more exactly than the catalogue does. */
  readonly remedy?: string;
  readonly cause?: unknown;
}

/** The one error of the product: a stable code, a sentence that says what is wrong, and where. */
export class BeltError extends Error {
  override readonly name = "BeltError";
  readonly code: Code;
  readonly at: string | undefined;
  readonly retryAfter: number | undefined;
  readonly remedy: string;

  constructor(code: Code, message: string, context: ErrorContext = {}) {
    super(message, context.cause === undefined ? undefined : { cause: context.cause });
    this.code = code;
    this.at = context.at;
    this.retryAfter = context.retryAfter;
    this.remedy = context.remedy ?? catalogue[code].remedy;
  }

  get retryable(): boolean {
    return catalogue[this.code].retryable;
  }

  /** The same error, with its place in the words of another input. */
  placedAt(at: string): BeltError {
    const { code, message, retryAfter, remedy } = this;
    return new BeltError(code, message, {
      ...{ at, remedy, cause: this },
      ...(retryAfter === undefined ? {} : { retryAfter }),
    });
  }
}

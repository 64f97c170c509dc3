import type { Entries } from "./entry.ts";

/** What an operator has to correct: configuration, keys, commands, requests to the API. */
export const operatorErrors = {
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
} as const satisfies Entries;

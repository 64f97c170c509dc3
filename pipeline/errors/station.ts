import type { Entries } from "./entry.ts";

/** What stations, their rules and their settings fail with. */
export const stationErrors = {
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
} as const satisfies Entries;

import type { Entries } from "./entry.ts";

/** What keeps a node from its store, its log and its backups. */
export const storeErrors = {
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
  WORKER_ELSEWHERE: {
    status: 503,
    retryable: true,
    remedy: "Ask again in a moment: another worker of this member has what it takes, or is about to.",
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
} as const satisfies Entries;

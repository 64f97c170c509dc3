import { beltErrors } from "./errors/belt.ts";
import { generalErrors } from "./errors/general.ts";
import { ledgerErrors } from "./errors/ledger.ts";
import { operatorErrors } from "./errors/operator.ts";
import { stationErrors } from "./errors/station.ts";
import { storeErrors } from "./errors/store.ts";
import { trayErrors } from "./errors/tray.ts";

/**
 * The catalogue of everything that can go wrong, one entry a code: its parts are in `errors/`, by subject. No code is in two
 * of them.
 */
export const catalogue = {
  ...generalErrors,
  ...beltErrors,
  ...trayErrors,
  ...storeErrors,
  ...ledgerErrors,
  ...stationErrors,
  ...operatorErrors,
};

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

import { BeltError, type Code } from "../../pipeline/errors.ts";

/** What an action gives, or the code of the error of ours that it throws; any other error passes on. */
export function outcomeOf<T>(action: () => T): { readonly value: T } | { readonly code: Code } {
  try {
    return { value: action() };
  } catch (error) {
    if (error instanceof BeltError) return { code: error.code };
    throw error;
  }
}

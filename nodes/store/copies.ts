import type { Change } from "./store.ts";

/** The changes with bytes of their own, whatever becomes of those that were given. */
export const copiesOf = (changes: readonly Change[]): readonly Change[] =>
  changes.map((change) =>
    change.type === "put" ? { ...change, value: Uint8Array.from(change.value) } : { ...change },
  );

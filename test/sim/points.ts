import type { Change } from "../../nodes/store/index.ts";

/** What tells kinds of batches apart, where they have records of several kinds. */
const telling = ["put receipt", "del leaving", "put own", "put inbox", "put told", "put seen", "del outbox"];

/** What kind of batch it is: the kind of record that tells. */
export function kindOf(changes: readonly Change[]): string {
  const kinds = new Set(changes.map(({ key, type }) => `${type} ${key.split("/", 1)[0]}`));
  return telling.find((kind) => kinds.has(kind)) ?? [...kinds].join();
}

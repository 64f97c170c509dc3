import type { Store } from "../store/index.ts";
import { isOfWorkers } from "../workers/index.ts";
import { type BackupHeader, type BackupRecord, writeBackup } from "./format.ts";

/** A backup of a store as it is now, while it goes on being written: its bytes, in pieces as they come. */
export function backUp(store: Store, header: BackupHeader): AsyncIterable<Uint8Array> {
  // Its snapshot is taken here, and not when the first piece is asked for.
  return writeBackup(header, entriesOf(store.entries({ prefix: "" })));
}

async function* entriesOf(
  entries: AsyncIterable<readonly [string, Uint8Array]>,
): AsyncIterable<BackupRecord> {
  for await (const [name, value] of entries) {
    // Which process had what when is of no use to another store.
    if (!isOfWorkers(name)) yield { kind: "entry", name, value };
  }
}

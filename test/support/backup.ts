import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { backUp, writeBackupFile } from "../../nodes/backup/index.ts";
import { createIdentity } from "../../nodes/identity.ts";
import { migrations } from "../../nodes/migrations.ts";
import { MemoryStore } from "../../nodes/store/index.ts";
import { temporaryFolder } from "./folder.ts";

/** What every backup of a test says of itself. */
export const taken = { at: 1_772_366_400_000, program: "0.1.0" };

/** A member's data folder with keys, and a backup of a store with that many receipts. */
export async function madeBackup(receipts = 3) {
  const folder = await temporaryFolder();
  const data = join(folder, "data");
  const { address: member } = await createIdentity(data, { random: randomBytes });
  const store = new MemoryStore();
  await store.batch([
    { type: "put", key: "schema", value: Buffer.from(String(migrations.at(-1)?.to)) },
    ...Array.from({ length: receipts }, (_, n) => ({
      ...{ type: "put" as const, key: `receipt/${n}`, value: Buffer.from("x".repeat(n)) },
    })),
  ]);
  const file = join(folder, "acme.backup");
  const written = await writeBackupFile({ store: backUp(store, { member, ...taken }), file, keysOf: data });
  return { folder, data, member, store, file, written };
}

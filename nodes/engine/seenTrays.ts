import { type TrayName, trayHash } from "../../pipeline/tray/index.ts";
import { key, type Store } from "../store/index.ts";
import { readKeptTray } from "./keptTray.ts";
import { Recent } from "./recent.ts";

/** What its bytes are named by, for every tray that was kept: also those that are finished. */
export interface SeenTrays {
  /** Has a sheet's trays in memory, before the first of them is asked for. */
  prepare(sheet: string): Promise<void>;
  hashOf(name: TrayName): Promise<string | undefined>;
  /** Adds a tray that was kept. */
  add(name: TrayName, hash: string): void;
  /** Forgets what memory has of a sheet, of which another worker may have taken trays since. */
  forget(sheet: string): void;
}

export const inboxKey = ({ sheet, edge, tray }: TrayName): string => key("inbox", sheet, edge, tray);
export const seenKey = ({ sheet, edge, tray }: TrayName): string => key("seen", sheet, edge, tray);

/** A tray that an earlier process kept: its hash is computed should it come again. */
const inTheInbox = Symbol("in the inbox");

/** Sheets whose trays stay in memory: a look into the store for each tray takes longer than opening one. */
const mostSheets = 256;

export function createSeenTrays(store: Store): SeenTrays {
  const sheets = new Recent<Promise<Map<string, string | typeof inTheInbox>>>(mostSheets);

  async function read(sheet: string): Promise<Map<string, string | typeof inTheInbox>> {
    const hashes = new Map<string, string | typeof inTheInbox>();
    for await (const [at, hash] of store.entries({ prefix: `${key("seen", sheet)}/` })) {
      hashes.set(at, Buffer.from(hash).toString("latin1"));
    }
    for await (const at of store.keys({ prefix: `${key("inbox", sheet)}/` })) {
      hashes.set(at.replace("inbox", "seen"), inTheInbox);
    }
    return hashes;
  }

  const open = (sheet: string) => Recent.remember(sheets, sheet, () => read(sheet));

  return {
    async prepare(sheet) {
      await open(sheet);
    },
    async hashOf(name) {
      const hashes = await open(name.sheet);
      const hash = hashes.get(seenKey(name));
      if (hash !== inTheInbox) return hash;
      const kept = await store.get(inboxKey(name));
      // What was finished meanwhile has left its hash.
      const found = kept === undefined ? await seenIn(store, name) : trayHash(readKeptTray(kept).bytes);
      if (found !== undefined) hashes.set(seenKey(name), found);
      return found;
    },
    forget: (sheet) => sheets.delete(sheet),
    add(name, hash) {
      void sheets.get(name.sheet)?.then((hashes) => hashes.set(seenKey(name), hash));
    },
  };
}

async function seenIn(store: Store, name: TrayName): Promise<string | undefined> {
  const hash = await store.get(seenKey(name));
  return hash && Buffer.from(hash).toString("latin1");
}

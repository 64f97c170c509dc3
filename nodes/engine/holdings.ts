import type { Share } from "./share.ts";

/** The sheets that are this worker's, with all that is left of them in memory. */
export interface Holdings {
  /** Makes a sheet this worker's, if it is nobody's. @throws {BeltError} `WORKER_ELSEWHERE` */
  hold(sheet: string): Promise<void>;
  /** Makes those of these sheets this worker's that are nobody's, and goes on with what was left of them. */
  takeOver(sheets: readonly string[]): Promise<void>;
  has(sheet: string): boolean;
  /** Lets go of the sheets at which this worker has nothing more to do. */
  sweep(): Promise<void>;
}

export interface HoldingsParts {
  readonly share: Share;
  /** Forgets what memory has of sheets that another worker may have had since. */
  refresh(sheet: string): void;
  /** Goes on with what is in the store of these sheets. */
  takeUp(sheets: ReadonlySet<string>): Promise<void>;
  /** Whether there is nothing more to do, and nothing on its way. */
  isThrough(sheet: string): boolean;
}

export function createHoldings({ share, refresh, takeUp, isThrough }: HoldingsParts): Holdings {
  const held = new Map<string, Promise<void>>();
  /** Those whose claim is being given back: it is not this worker's any more, though the store may still have it. */
  const leaving = new Map<string, Promise<void>>();

  /** Has everybody who comes for a sheet wait until it is this worker's, with what was left of it. */
  function enter(sheets: readonly string[], entered: Promise<void>): void {
    for (const sheet of sheets) held.set(sheet, entered);
    entered.catch(() => {
      for (const sheet of sheets) if (held.get(sheet) === entered) held.delete(sheet);
    });
  }

  async function take(sheet: string): Promise<void> {
    const found = await share.claim(sheet);
    refresh(sheet);
    if (found === "left") await takeUp(new Set([sheet]));
  }

  async function takeAll(sheets: readonly string[]): Promise<ReadonlySet<string>> {
    const claimed = await Promise.allSettled(sheets.map((sheet) => share.claim(sheet)));
    const own = new Set(sheets.filter((_, place) => claimed[place]?.status === "fulfilled"));
    for (const sheet of own) refresh(sheet);
    await takeUp(own);
    return own;
  }

  async function letGo(sheet: string): Promise<void> {
    held.delete(sheet);
    refresh(sheet);
    const released = share.release(sheet);
    leaving.set(sheet, released);
    try {
      await released;
    } catch (problem) {
      // The store may have it as this worker's: it is let go of with the next sweep.
      held.set(sheet, Promise.resolve());
      throw problem;
    } finally {
      leaving.delete(sheet);
    }
  }

  return {
    async hold(sheet) {
      await leaving.get(sheet)?.catch(() => {});
      if (!held.has(sheet)) enter([sheet], take(sheet));
      await held.get(sheet);
    },
    async takeOver(sheets) {
      const others = sheets.filter((sheet) => !held.has(sheet));
      if (others.length === 0) return;
      const taking = takeAll(others);
      enter(
        others,
        taking.then(() => {}),
      );
      const own = await taking;
      for (const sheet of others) if (!own.has(sheet)) held.delete(sheet);
    },
    has: (sheet) => held.has(sheet),
    async sweep() {
      for (const [sheet, entered] of held) {
        await entered.catch(() => {});
        if (!isThrough(sheet)) continue;
        await letGo(sheet);
      }
    },
  };
}

import { BeltError } from "../../pipeline/errors.ts";
import type { OwnKeys } from "../../pipeline/tray/index.ts";
import { nameOfTray } from "../../pipeline/tray/index.ts";
import { elsewhere } from "../engine/index.ts";
import type { Addresses } from "./records.ts";
import type { Workers } from "./workers.ts";

export interface RouteParts {
  readonly workers: Pick<Workers, "placeOf" | "lead" | "share">;
  /** This member's sealing keys. */
  readonly own: OwnKeys;
  /** Whether a sheet is this worker's. */
  holds(sheet: string): boolean;
  /** Takes a tray in. */
  accept(tray: Uint8Array): Promise<string>;
  /** Passes a tray on to another worker, byte for byte, and gives its acknowledgement. */
  passOn(to: Addresses, tray: Uint8Array): Promise<string>;
}

/**
 * Takes trays for a member of several workers: each goes to the worker that has its sheet, and the acknowledgement is
 * that one's, who has it on the disk. What was passed on is not passed on again.
 */
export function createRoute({ workers, own, holds, accept, passOn }: RouteParts) {
  async function placeOf(tray: Uint8Array): Promise<Addresses | undefined> {
    const name = nameOfTray(tray, own);
    // What is wrong with it, taking it in says.
    if (name === undefined || holds(name.sheet)) return undefined;
    if (!name.edge.endsWith(">result")) return workers.placeOf(name.sheet);
    if (workers.share.leads) return undefined;
    const lead = workers.lead();
    if (lead === undefined) throw elsewhere("No worker of this member leads at the moment.");
    return lead;
  }

  return async (tray: Uint8Array, { passedOn }: { readonly passedOn: boolean }): Promise<string> => {
    const to = passedOn ? undefined : await placeOf(tray);
    if (to === undefined) return accept(tray);
    try {
      return await passOn(to, tray);
    } catch (problem) {
      // A worker that does not answer is soon found dead, and another one has the sheet.
      if (!(problem instanceof BeltError) || problem.code !== "PARTNER_UNREACHABLE") throw problem;
      throw elsewhere("The worker of this member that has the sheet does not answer.", problem);
    }
  };
}

import { createHash } from "node:crypto";
import type { BookedSheet, Ledger, OfferRecord, Partner, Report } from "../../nodes/engine/index.ts";
import { toHex } from "../../pipeline/bytes.ts";
import { BeltError } from "../../pipeline/errors.ts";
import { publicKey, thumbprint } from "../../pipeline/tray/index.ts";

/** A profile as the ledger has it: keys are 32 raw bytes in hexadecimal. */
export interface SimulatedProfile {
  readonly url: string;
  readonly signingKey: string;
  readonly sealingKey: string;
  readonly active: boolean;
}

interface Booked extends BookedSheet {
  readonly reports: Map<number, Report>;
}

/** What all members of a simulated consortium share, with the contracts' rules that the engine relies on. */
export class SimulatedLedger {
  readonly profiles = new Map<string, SimulatedProfile>();
  readonly offers = new Map<string, OfferRecord>();
  readonly belts = new Map<string, readonly string[]>();
  readonly sheets = new Map<string, Booked>();
  readonly heads = new Map<string, { readonly size: number; readonly root: string }[]>();
  /** When set, every write fails with this, as if the network were down. */
  outage: BeltError | undefined;
  #listeners = new Set<(closed: readonly string[]) => void>();

  onChange(listener: (closed: readonly string[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #changed(closed: readonly string[] = []): void {
    for (const listener of this.#listeners) listener(closed);
  }

  sheetId(consumer: string, root: string): `0x${string}` {
    return toHex(createHash("sha256").update(`${consumer}${root}`).digest());
  }

  /** The ledger as one member's engine sees it. */
  of(member: string): Ledger {
    const write = (): void => {
      if (this.outage !== undefined) throw this.outage;
    };
    return {
      trouble: () => undefined,
      sheetId: async (root) => this.sheetId(member, root),
      sheet: (id) => this.sheets.get(id),
      sheets: () => this.sheets.values(),
      offer: (id) => this.offers.get(id),
      partner: (address) => this.#partner(address),
      signer: (kid) => {
        const holders = [...this.profiles].filter(
          ([, each]) => thumbprint("Ed25519", each.signingKey) === kid,
        );
        const [first] = holders;
        if (first === undefined) return undefined;
        const key = publicKey("Ed25519", first[1].signingKey);
        return { key, members: holders.map(([address]) => address) };
      },
      anchored: () => this.heads.get(member)?.at(-1)?.size ?? 0,
      book: async ({ belt, root, count, deadline }) => {
        write();
        const sheet = this.sheetId(member, root);
        const offers = this.belts.get(belt) ?? [];
        if (this.sheets.has(sheet)) return;
        const reports = new Map<number, Report>();
        const reported = { has: (station: number) => reports.has(station) };
        const booked = { sheet, belt, offers, consumer: member, root, count, deadline, expired: false };
        this.sheets.set(sheet, { ...booked, reports, reported });
        this.#changed();
      },
      report: async (report) => {
        write();
        const booked = this.sheets.get(report.sheet);
        if (booked === undefined || booked.expired)
          throw new BeltError("SHEET_CLOSED", "The sheet is closed.");
        if (booked.reports.has(report.station))
          throw new BeltError("SHEET_CLOSED", "The station has reported.");
        booked.reports.set(report.station, report);
        this.#changed();
      },
      anchor: async (size, root) => {
        write();
        const heads = this.heads.get(member) ?? [];
        if (size <= (heads.at(-1)?.size ?? 0)) throw new BeltError("INTERNAL", "A head only grows.");
        this.heads.set(member, [...heads, { size, root }]);
      },
      expire: async (sheet) => this.expire(sheet),
    };
  }

  expire(sheet: string): void {
    const booked = this.sheets.get(sheet);
    if (booked === undefined) return;
    this.sheets.set(sheet, { ...booked, expired: true });
    this.#changed([sheet]);
  }

  #partner(address: string): Partner | undefined {
    const profile = this.profiles.get(address);
    if (profile === undefined) return undefined;
    const { url, active, sealingKey } = profile;
    const seal = { kid: thumbprint("X25519", sealingKey), key: publicKey("X25519", sealingKey) };
    return { member: address, active, url, seal };
  }
}

import { parseBelt, parseJson, planBelt } from "../../pipeline/belt/index.ts";
import { toBase64url } from "../../pipeline/bytes.ts";
import { BeltError } from "../../pipeline/errors.ts";
import { type Receipt, receiptHash } from "../../pipeline/receipt/index.ts";
import {
  type Copies,
  type CopiesRequest,
  type GivenCopies,
  mostItems,
  openCopiesRequest,
  openTray,
  signCopies,
} from "../../pipeline/tray/index.ts";
import { key, type Store } from "../store/index.ts";
import type { CaseStore } from "./caseStore.ts";
import { copiesOf } from "./copies.ts";
import type { Documents } from "./documents.ts";
import { readKeptTray } from "./keptTray.ts";
import type { BookedSheet, Ledger, Self } from "./ports.ts";
import { receiptsOf } from "./progress.ts";

export interface GivingParts {
  readonly store: Store;
  readonly ledger: Ledger;
  readonly self: Self;
  readonly cases: CaseStore;
  readonly documents: Documents;
  readonly signal: AbortSignal;
}

/**
 * Gives partners that lost their own receipts what this node has of them: as the sheet's consumer all receipts that
 * came, and as a station the hashes of those it works from. Each member gets its own alone.
 *
 * @param request the signed request
 * @returns the signed answer, a page of it
 * @throws {BeltError} `COPIES_REFUSED`, `SHEET_UNKNOWN`, `DOCUMENT_UNAVAILABLE`
 */
export type GiveCopies = (request: Uint8Array) => Promise<string>;

/** A page ends with the tray that fills it: so many receipts, and those of one tray besides, at most. */
const pageReceipts = mostItems;

export function createGiving(parts: GivingParts): GiveCopies {
  const { store, ledger, self, cases, documents, signal } = parts;

  /** The stations that work from this one's answers, if the sheet is booked, and its station the asker's own. */
  async function requireOwn(
    booked: BookedSheet,
    { station, kid }: { readonly station: string; readonly kid: string },
  ): Promise<readonly string[]> {
    const { belt = "" } = booked;
    const bytes = await documents.fetch(belt, [], signal);
    const plan = planBelt(parseBelt(parseJson(Buffer.from(bytes).toString("utf8"), { at: belt })));
    const number = plan.station(station)?.number ?? -1;
    const member = ledger.offer(booked.offers[number] ?? "")?.member;
    if (member === undefined || !ledger.signer(kid)?.members.includes(member)) {
      throw new BeltError("COPIES_REFUSED", "The receipts that are asked for are another member's.");
    }
    return plan.edgesFrom(station).flatMap(({ to }) => (to === "result" ? [] : [to]));
  }

  async function kept(
    { sheet, station, after }: CopiesRequest,
    receipts: ReadonlyMap<number, Receipt>,
  ): Promise<Pick<GivenCopies, "copies" | "more">> {
    const copies: Copies[] = [];
    let count = 0;
    for await (const { tray, place, cases: numbers } of copiesOf(store, sheet, station)) {
      if (tray <= after) continue;
      if (count >= pageReceipts) return { copies, more: true };
      // All of them or none: a place is that of just these.
      const found = numbers.flatMap((number) => receipts.get(number) ?? []);
      if (found.length < numbers.length) continue;
      copies.push({ tray, place, receipts: found });
      count += found.length;
    }
    return { copies, more: false };
  }

  /** What this node's own stations, which work from the asker's answers, name its receipts by. */
  async function named(
    id: string,
    source: string,
    stations: readonly string[],
  ): Promise<readonly (readonly [number, string])[]> {
    const names: (readonly [number, string])[] = [];
    for (const station of stations) {
      // The trays first: what goes from them while this looks is among the receipts then.
      for await (const [, record] of store.entries({
        prefix: `${key("inbox", id, `${source}>${station}`)}/`,
      })) {
        const opening = { own: self.seals, signers: (kid: string) => ledger.signer(kid)?.key };
        for (const { receipt } of openTray(readKeptTray(record).bytes, opening).items) {
          if (receipt !== undefined) names.push([receipt.case, toBase64url(receiptHash(receipt))]);
        }
      }
      for await (const receipt of receiptsOf(store, id, station)) {
        const hash = receipt.in[source];
        if (hash !== undefined) names.push([receipt.case, hash]);
      }
    }
    return names;
  }

  return async (bytes) => {
    const request = openCopiesRequest(bytes, (kid) => ledger.signer(kid)?.key);
    const { to, sheet, station, after } = request;
    if (to !== self.member) throw new BeltError("COPIES_REFUSED", "Another member is asked.", { at: "to" });
    const booked = ledger.sheet(sheet);
    if (booked?.belt === undefined) {
      throw new BeltError("SHEET_UNKNOWN", `No booking of sheet ${sheet} is on the ledger.`);
    }
    const next = await requireOwn(booked, request);
    const receipts = new Map<number, Receipt>();
    for await (const receipt of cases.receipts(sheet)) {
      if (receipt.station === station) receipts.set(receipt.case, receipt);
    }
    const known = new Map<string, [number, string]>();
    const learn = (number: number, hash: string): void => void known.set(`${number}/${hash}`, [number, hash]);
    if (after < 0) {
      for (const receipt of receipts.values()) learn(receipt.case, toBase64url(receiptHash(receipt)));
      for (const [number, hash] of await named(sheet, station, next)) {
        learn(number, hash);
      }
    }
    const page = await kept(request, receipts);
    return signCopies({ ...page, known: [...known.values()] }, bytes, self.signer);
  };
}

import { type Plan, parseBelt, parseJson, planBelt } from "../../pipeline/belt/index.ts";
import { BeltError } from "../../pipeline/errors.ts";
import { type GivenCopies, openCopies, signCopiesRequest } from "../../pipeline/tray/index.ts";
import { key, type Store } from "../store/index.ts";
import type { Documents } from "./documents.ts";
import type { BookedSheet, Clock, Ledger, Self, Transport } from "./ports.ts";
import { stationsOf } from "./sheets.ts";

/** A station of this node at a sheet whose receipts are not all here. */
export interface Unfinished {
  readonly booked: BookedSheet;
  readonly station: string;
  /** Whether the station may still work on it, and whether it has reported all of it. */
  open(): boolean;
  reported(): boolean;
  /** The partners who may have receipts of it: the consumer, and the members of the stations that work from it. */
  readonly partners: readonly string[];
}

export interface QuestionParts {
  readonly ledger: Ledger;
  readonly transport: Transport;
  readonly documents: Documents;
  readonly clock: Clock;
  readonly self: Self;
  readonly signal: AbortSignal;
}

/** What a node has not all receipts of. */
export interface Lacking {
  readonly found: readonly Unfinished[];
  /** Sheets whose belt nobody gives: of which stations is not known. */
  readonly unread: readonly { readonly booked: BookedSheet; readonly problem: BeltError; open(): boolean }[];
}

/** Looks through all sheets for those at which this node has stations, and not all of their receipts. */
export async function lacking(store: Store, parts: QuestionParts): Promise<Lacking> {
  const { ledger, clock, self } = parts;
  const found: Unfinished[] = [];
  const unread: Lacking["unread"][number][] = [];
  for (const booked of ledger.sheets()) {
    const stations = stationsOf(booked, { ledger, member: self.member });
    if (booked.belt === undefined || stations.length === 0) continue;
    const receipts = await Array.fromAsync(store.keys({ prefix: `${key("receipt", booked.sheet)}/` }));
    if (receipts.length >= stations.length * booked.count) continue;
    const isReported = (station: number): boolean =>
      (ledger.sheet(booked.sheet) ?? booked).reported.has(station);
    const isOpen = (station: number): boolean => {
      const { expired, deadline } = ledger.sheet(booked.sheet) ?? booked;
      return !expired && !isReported(station) && deadline * 1_000 > clock.now();
    };
    try {
      const plan = await planOf(booked, parts);
      for (const number of stations) {
        const station = plan.stations[number]?.name ?? "";
        const partners = new Set([booked.consumer, ...membersAfter(plan, station, booked, ledger)]);
        partners.delete(self.member);
        const asked = { booked, station, partners: [...partners] };
        found.push({ ...asked, open: () => isOpen(number), reported: () => isReported(number) });
      }
    } catch (error) {
      if (!(error instanceof BeltError) || error.code !== "DOCUMENT_UNAVAILABLE") throw error;
      unread.push({ booked, problem: error, open: () => stations.some(isOpen) });
    }
  }
  return { found, unread };
}

async function planOf(
  { belt = "", consumer, offers }: BookedSheet,
  { ledger, documents, self, signal }: QuestionParts,
): Promise<Plan> {
  const members = new Set([consumer, ...offers.map((offer) => ledger.offer(offer)?.member ?? "")]);
  members.delete(self.member);
  const urls = [...members].flatMap((member) => ledger.partner(member)?.url ?? []);
  const bytes = await documents.fetch(belt, urls, signal);
  return planBelt(parseBelt(parseJson(Buffer.from(bytes).toString("utf8"), { at: belt })));
}

function membersAfter(plan: Plan, station: string, { offers }: BookedSheet, ledger: Ledger): string[] {
  return plan.edgesFrom(station).flatMap(({ to }) => {
    const number = plan.station(to)?.number;
    return number === undefined ? [] : (ledger.offer(offers[number] ?? "")?.member ?? []);
  });
}

/**
 * Asks a partner what it has of this node's own receipts, page by page.
 *
 * @throws {BeltError} whatever keeps the partner from answering, and `PARTNER_REFUSED` for what is no answer
 */
export async function* ask(
  { booked: { sheet }, station }: Unfinished,
  to: string,
  { ledger, transport, self, signal }: QuestionParts,
): AsyncIterable<GivenCopies> {
  const url = ledger.partner(to)?.url;
  if (url === undefined) throw new BeltError("PARTNER_UNREACHABLE", `Member ${to} has no profile.`);
  for (let after = -1; ; ) {
    const text = signCopiesRequest({ to, sheet, station, after }, self.signer);
    const given = openCopies(await transport.copies(url, text, signal), { sheet, station, text }, (kid) => {
      const signer = ledger.signer(kid);
      return signer?.members.includes(to) ? signer.key : undefined;
    });
    yield given;
    if (!given.more) return;
    const last = given.copies.at(-1)?.tray ?? -1;
    // A partner that gives the same page for ever would hold this up for ever.
    if (last <= after) throw new BeltError("PARTNER_REFUSED", "The answer does not go on.", { at: url });
    after = last;
  }
}

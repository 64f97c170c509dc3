import {
  type BeltDocument,
  checkBelt,
  documentHash,
  longestWay,
  type OfferTerms,
  type Plan,
  planBelt,
  requireBelt,
  resolveTemplate,
} from "../../pipeline/belt/index.ts";
import { utf8 } from "../../pipeline/bytes.ts";
import { BeltError } from "../../pipeline/errors.ts";
import {
  type Belt as BeltRecord,
  endorsersOf,
  HashText,
  isLive,
  newestSuccessor,
} from "../../pipeline/index/index.ts";
import { canonical } from "../../pipeline/json.ts";
import type { Belt, BeltDetail, BeltTemplate, NodeOperations } from "../api/index.ts";
import type { ParsedDocuments } from "./documents.ts";
import { offerView } from "./offers.ts";
import { nameOf, type OperationParts } from "./parts.ts";
import { writing } from "./writing.ts";

type BeltOperations = Pick<NodeOperations, "belts" | "belt" | "checkBelt" | "publishBelt">;

/** The belts of the consortium. */
export function beltOperations(parts: OperationParts, documents: ParsedDocuments): BeltOperations {
  const { ledger, engine } = parts;
  const { view } = ledger;

  return {
    async belts() {
      const found = await Promise.all([...view.belts.values()].map((belt) => readBelt(belt, documents)));
      return found.flatMap((each) => (each === undefined ? [] : [beltView(each, parts)]));
    },
    async belt(reference) {
      const found = await findBelt(reference, { parts, documents });
      return beltDetail(found, { parts, documents });
    },
    async checkBelt(template) {
      const { document, offers } = await resolve(template, { parts, documents });
      const { findings, pricePerCase, deadlineSeconds } = checkBelt(document, offers);
      const known = findings.length === 0 ? { price: pricePerCase.toString(), deadlineSeconds } : {};
      return {
        findings: findings.map(({ code, at, message }) => ({ code, at, sentence: message })),
        ...known,
      };
    },
    publishBelt: writing(parts, async (template: BeltTemplate, { ledger: to, dry, options }) => {
      const { document, offers } = await resolve(template, { parts, documents });
      const { plan } = requireBelt(document, offers);
      if (!dry) await engine.documents.put(utf8(canonical(document)));
      const record = {
        document: documentHash(document),
        parent: document.parent === null ? null : HashText.parse(document.parent),
        offers: plan.stations.map(({ offer }) => HashText.parse(offer)),
      };
      const { transaction } = await to.publishBelt(record, options);
      return { belt: record.document, transaction };
    }),
  };
}

interface Context {
  readonly parts: OperationParts;
  readonly documents: ParsedDocuments;
}

/** A belt with its document, and the way through it. */
export interface ReadBelt {
  readonly record: BeltRecord;
  readonly document: BeltDocument;
  readonly plan: Plan;
}

async function readBelt(record: BeltRecord, documents: ParsedDocuments): Promise<ReadBelt | undefined> {
  try {
    return await readDocument(record, documents);
  } catch (error) {
    // Somebody may publish a hash without a document: it is no belt that anyone can use.
    if (error instanceof BeltError) return undefined;
    throw error;
  }
}

async function readDocument(record: BeltRecord, documents: ParsedDocuments): Promise<ReadBelt> {
  const document = await documents.belt(record.id);
  return { record, document, plan: planBelt(document) };
}

/**
 * Finds a belt by id, by `name@version`, or by name: then the newest one that can be booked.
 *
 * @throws {BeltError} `NOT_FOUND`, `DOCUMENT_UNAVAILABLE`
 */
export async function findBelt(reference: string, { parts, documents }: Context): Promise<ReadBelt> {
  const { view } = parts.ledger;
  const id = HashText.safeParse(reference);
  if (id.success) {
    const record = view.belts.get(id.data);
    if (record === undefined)
      throw new BeltError("NOT_FOUND", `There is no belt ${reference}.`, { at: "belt" });
    return readDocument(record, documents);
  }
  const [name = "", version] = reference.split("@");
  const all = await Promise.all([...view.belts.values()].map((belt) => readBelt(belt, documents)));
  const named = all.filter(
    (each): each is ReadBelt =>
      each?.document.belt === name && (version === undefined || each.document.version === version),
  );
  const bookable = named.filter(({ record }) => isBookable(record, parts));
  // A name means what its steward stands by, as long as there is such a version.
  const advised = bookable.findLast(({ record }) => record.deprecated === undefined);
  const found = advised ?? bookable.at(-1) ?? named.at(-1);
  if (found === undefined) throw new BeltError("NOT_FOUND", `There is no belt ${reference}.`, { at: "belt" });
  return found;
}

function isBookable({ offers }: BeltRecord, { ledger, clock }: OperationParts): boolean {
  const now = Math.floor(clock.now() / 1000);
  return offers.every((id) => {
    const offer = ledger.view.offers.get(id);
    return offer !== undefined && isLive(ledger.view, offer, now);
  });
}

function beltView({ record, document, plan }: ReadBelt, parts: OperationParts): Belt {
  const { view } = parts.ledger;
  const offers = record.offers.flatMap((id) => view.offers.get(id) ?? []);
  return {
    belt: record.id,
    name: document.belt,
    version: document.version,
    title: document.title,
    member: record.member,
    memberName: nameOf(view, record.member),
    parent: record.parent,
    stations: record.offers.length,
    price: offers.reduce((sum, { price }) => sum + price, 0n).toString(),
    deadlineSeconds: Math.max(1, longestWay(plan, view.offers)),
    live: isBookable(record, parts),
    steward: record.steward,
    stewardName: nameOf(view, record.steward),
    candidate: record.candidate ?? null,
    endorsements: endorsersOf(view, record).length,
    deprecated: record.deprecated !== undefined,
    successor: record.successor === null ? null : newestSuccessor(view, record).id,
  };
}

/** What the steward of a belt advises who books it; undefined while it is not deprecated. */
export function adviceOn(record: BeltRecord, { ledger: { view } }: OperationParts): string | undefined {
  if (record.deprecated === undefined) return undefined;
  const { id } = newestSuccessor(view, record);
  const instead = id === record.id ? "" : `: book ${id} instead`;
  return `${nameOf(view, record.steward)} advises against this belt${instead}.`;
}

async function beltDetail(belt: ReadBelt, { parts, documents }: Context): Promise<BeltDetail> {
  const { view } = parts.ledger;
  const now = Math.floor(parts.clock.now() / 1000);
  const names = Object.keys(belt.document.stations).toSorted();
  const records = belt.record.offers.flatMap((id) => view.offers.get(id) ?? []);
  const found = await documents.offers(records.map(({ document }) => document));
  const offers = records.map((offer) => offerView(offer, found.get(offer.document), { parts, now }));
  const byName = names.flatMap((name, i) => {
    const offer = offers[i];
    return offer === undefined ? [] : [[name, offer] as const];
  });
  return { ...beltView(belt, parts), document: belt.document, offers: Object.fromEntries(byName) };
}

/**
 * The offers of those ids that the ledger has, with their documents: what checking a belt takes.
 *
 * @throws {BeltError} `DOCUMENT_UNAVAILABLE` when the member of one of them does not give its document
 */
export async function offerTerms(
  ids: readonly string[],
  { parts, documents }: Context,
): Promise<Map<string, OfferTerms>> {
  const { view } = parts.ledger;
  const records = ids.flatMap((id) => view.offers.get(HashText.parse(id)) ?? []);
  const now = Math.floor(parts.clock.now() / 1000);
  const terms = records.map(async (offer): Promise<[string, OfferTerms]> => {
    const { price, deadlineSeconds, capacity, member } = offer;
    const document = await documents.stationOffer(offer.document);
    return [offer.id, { document, price, deadlineSeconds, capacity, member, live: isLive(view, offer, now) }];
  });
  return new Map(await Promise.all(terms));
}

/** A template with its offers looked up, and the terms of the offers that it names. */
async function resolve(
  template: BeltTemplate,
  context: Context,
): Promise<{ readonly document: BeltDocument; readonly offers: ReadonlyMap<string, OfferTerms> }> {
  const { parts, documents } = context;
  const { view } = parts.ledger;
  await parts.ledger.refresh(parts.signal);
  const now = Math.floor(parts.clock.now() / 1000);
  const live = [...view.offers.values()].filter((offer) => isLive(view, offer, now));
  const found = await documents.offers(live.map(({ document }) => document));
  const document = resolveTemplate(template, ({ member, offer }) => {
    const named = live.filter((each) => found.get(each.document)?.offer === offer);
    const wanted = named.filter((each) => member === undefined || nameOf(view, each.member) === member);
    // A member's newer offer of a name takes the place of its older one.
    return [...new Map(wanted.map((each) => [each.member, each.id])).values()];
  });
  const ids = Object.values(document.stations).map(({ offer }) => offer);
  return { document, offers: await offerTerms(ids, context) };
}

import { documentHash, parseProduct } from "../../pipeline/belt/index.ts";
import { utf8 } from "../../pipeline/bytes.ts";
import { BeltError } from "../../pipeline/errors.ts";
import { type Hash, HashText, isLive, type Offer as OfferRecord } from "../../pipeline/index/index.ts";
import { canonical } from "../../pipeline/json.ts";
import type { NewOffer, NewProduct, NodeOperations, Offer } from "../api/index.ts";
import type { OfferTerms } from "../ledger/index.ts";
import type { AnyOfferDocument, ParsedDocuments } from "./documents.ts";
import { nameOf, type OperationParts, timeOfSeconds } from "./parts.ts";
import { writing } from "./writing.ts";

type OfferOperations = Pick<
  NodeOperations,
  "offers" | "offer" | "publishOffer" | "publishProduct" | "withdrawOffer"
>;

const secondsADay = 86_400;

/** What is on offer, and what this member puts there. */
export function offerOperations(parts: OperationParts, documents: ParsedDocuments): OfferOperations {
  const { ledger, engine, processors, member, clock } = parts;
  const { view } = ledger;
  const now = (): number => Math.floor(clock.now() / 1000);

  function record(id: string): OfferRecord {
    const found = view.offers.get(HashText.parse(id));
    if (found === undefined) throw new BeltError("NOT_FOUND", `There is no offer ${id}.`, { at: "offer" });
    return found;
  }

  /** This member's newest product of a name: a new one takes its place, and its calendar. */
  async function newestOf(name: string): Promise<Hash | undefined> {
    const own = [...view.offers.values()].filter((offer) => offer.member === member && offer.kind === 2);
    const found = await documents.offers(own.map(({ document }) => document));
    return own.findLast(({ document }) => found.get(document)?.offer === name)?.id;
  }

  return {
    async offers({ mine }) {
      const records = [...view.offers.values()].filter((offer) => !mine || offer.member === member);
      const found = await documents.offers(records.map(({ document }) => document));
      return records.map((offer) => offerView(offer, found.get(offer.document), { parts, now: now() }));
    },
    async offer(id) {
      const offer = record(id);
      const document = (await documents.offers([offer.document])).get(offer.document);
      const shown = offerView(offer, document, { parts, now: now() });
      if (document === undefined) return shown;
      const { description } = document;
      const described = { ...shown, ...(description === undefined ? {} : { description }) };
      if ("product" in document) return { ...described, product: document.product, unit: document.unit };
      return { ...described, input: document.input, output: document.output };
    },
    publishOffer: writing(parts, async (given: NewOffer, { ledger: to, dry, options }) => {
      const { station, price, deadlineSeconds, capacity, validDays } = given;
      const processor = [...processors.values()].find((each) => each.station.name === station);
      if (processor === undefined) {
        throw new BeltError("NOT_FOUND", `This node runs no station ${station}.`, { at: "/station" });
      }
      if (!dry) await engine.documents.put(processor.bytes);
      const { document } = processor;
      const validUntil = now() + validDays * secondsADay;
      const terms = {
        kind: "station",
        document,
        price: BigInt(price),
        deadlineSeconds,
        capacity,
        validUntil,
      } as const;
      const { offer, transaction } = await to.publishOffer(terms, options);
      return { offer, document, transaction };
    }),
    publishProduct: writing(parts, async (given: NewProduct, { ledger: to, dry, options }) => {
      const { price, deadlineSeconds, units, validDays } = given;
      const product = parseProduct(given.document);
      await ledger.refresh(options.signal);
      const supersedes = await newestOf(product.offer);
      if (!dry) await engine.documents.put(utf8(canonical(product)));
      const terms: OfferTerms = {
        kind: "product",
        document: documentHash(product),
        ...{ price: BigInt(price), deadlineSeconds, capacity: units },
        validUntil: now() + validDays * secondsADay,
        ...(supersedes === undefined ? {} : { supersedes }),
      };
      const { offer, transaction } = await to.publishOffer(terms, options);
      return { offer, document: terms.document, transaction, ...(supersedes && { supersedes }) };
    }),
    withdrawOffer: writing(parts, async (id: string, { ledger: to, options }) => {
      const { id: offer, member: owner } = record(id);
      if (owner !== member) {
        throw new BeltError("NOT_FOUND", `Offer ${id} is not this member's to withdraw.`, { at: "offer" });
      }
      const { transaction } = await to.withdrawOffer(offer, options);
      return { offer, transaction };
    }),
  };
}

/** An offer as operators see it; without the names that only its document has when that cannot be had. */
export function offerView(
  offer: OfferRecord,
  document: AnyOfferDocument | undefined,
  { parts, now }: { readonly parts: OperationParts; readonly now: number },
): Offer {
  const { view } = parts.ledger;
  const names =
    document === undefined ? {} : { name: document.offer, version: document.version, title: document.title };
  return {
    offer: offer.id,
    member: offer.member,
    memberName: nameOf(view, offer.member),
    kind: offer.kind === 1 ? "station" : "product",
    ...names,
    document: offer.document,
    price: offer.price.toString(),
    deadlineSeconds: offer.deadlineSeconds,
    capacity: offer.capacity,
    validUntil: timeOfSeconds(offer.validUntil),
    live: isLive(view, offer, now),
  };
}

import {
  type BeltDocument,
  type OfferDocument,
  type ProductDocument,
  parseBelt,
  parseJson,
  parseOffer,
  parseProduct,
} from "../../pipeline/belt/index.ts";
import { BeltError } from "../../pipeline/errors.ts";
import type { Address, Hash } from "../../pipeline/index/index.ts";
import type { OperationParts } from "./parts.ts";

/** How the ledger writes that an offer is a product. */
const productKind = 2;

/** What an offer's document says, of either kind. */
export type AnyOfferDocument = OfferDocument | ProductDocument;

/** Belt and offer documents, parsed once; fetched from the nodes of the members that published them. */
export interface ParsedDocuments {
  belt(hash: Hash): Promise<BeltDocument>;
  /** @throws {BeltError} `BELT_OFFER_UNAVAILABLE` when it is a product's */
  stationOffer(hash: Hash): Promise<OfferDocument>;
  /** The documents of those offers that can be had now, by hash. */
  offers(hashes: readonly Hash[]): Promise<ReadonlyMap<Hash, AnyOfferDocument>>;
}

export function createParsedDocuments({ ledger, engine, signal }: OperationParts): ParsedDocuments {
  const belts = new Map<string, BeltDocument>();
  const offers = new Map<string, AnyOfferDocument>();

  /** First the publisher's node, then any other: whoever works with a document has it. */
  function urls(publisher: Address | undefined): string[] {
    const { profiles } = ledger.view;
    const first = publisher === undefined ? undefined : profiles.get(publisher)?.url;
    const others = [...profiles.values()].flatMap(({ url }) => url ?? []);
    return [...new Set([...(first === undefined ? [] : [first]), ...others])];
  }

  async function read<T>(
    hash: string,
    publisher: Address | undefined,
    parse: (json: unknown) => T,
  ): Promise<T> {
    const bytes = await engine.documents.fetch(hash, urls(publisher), signal);
    return parse(parseJson(Buffer.from(bytes).toString("utf8"), { at: hash }));
  }

  async function belt(hash: Hash): Promise<BeltDocument> {
    const known = belts.get(hash);
    if (known !== undefined) return known;
    const document = await read(hash, ledger.view.belts.get(hash)?.member, parseBelt);
    belts.set(hash, document);
    return document;
  }

  async function offer(hash: Hash): Promise<AnyOfferDocument> {
    const known = offers.get(hash);
    if (known !== undefined) return known;
    const record = [...ledger.view.offers.values()].find(({ document }) => document === hash);
    const parse = (json: unknown): AnyOfferDocument =>
      record?.kind === productKind ? parseProduct(json) : parseOffer(json);
    const document = await read(hash, record?.member, parse);
    offers.set(hash, document);
    return document;
  }

  return {
    belt,
    async stationOffer(hash) {
      const document = await offer(hash);
      if (!("product" in document)) return document;
      throw new BeltError("BELT_OFFER_UNAVAILABLE", `${document.offer} is a product, and no station.`);
    },
    async offers(hashes) {
      const found = await Promise.all(
        [...new Set(hashes)].map(async (hash) => {
          try {
            return [[hash, await offer(hash)]] as const;
          } catch (error) {
            // A member whose node is away leaves its offers without their names; the rest is listed all the same.
            if (error instanceof BeltError) return [];
            throw error;
          }
        }),
      );
      return new Map(found.flat());
    },
  };
}

import {
  type BeltDocument,
  type OfferDocument,
  parseBelt,
  parseJson,
  parseOffer,
} from "../../pipeline/belt/index.ts";
import { BeltError } from "../../pipeline/errors.ts";
import type { Address, Hash } from "../../pipeline/index/index.ts";
import type { OperationParts } from "./parts.ts";

/** Belt and offer documents, parsed once; fetched from the nodes of the members that published them. */
export interface ParsedDocuments {
  belt(hash: Hash): Promise<BeltDocument>;
  offer(hash: Hash): Promise<OfferDocument>;
  /** The documents of those offers that can be had now, by hash. */
  offers(hashes: readonly Hash[]): Promise<ReadonlyMap<Hash, OfferDocument>>;
}

export function createParsedDocuments({ ledger, engine, signal }: OperationParts): ParsedDocuments {
  const belts = new Map<string, BeltDocument>();
  const offers = new Map<string, OfferDocument>();

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

  async function offer(hash: Hash): Promise<OfferDocument> {
    const known = offers.get(hash);
    if (known !== undefined) return known;
    const publisher = [...ledger.view.offers.values()].find(({ document }) => document === hash)?.member;
    const document = await read(hash, publisher, parseOffer);
    offers.set(hash, document);
    return document;
  }

  return {
    belt,
    offer,
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

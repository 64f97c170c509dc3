import { parseJson } from "../../pipeline/belt/index.ts";
import { sha256, toHex } from "../../pipeline/bytes.ts";
import { BeltError } from "../../pipeline/errors.ts";
import { canonical } from "../../pipeline/json.ts";
import { key, type Store } from "../store/index.ts";
import type { Transport } from "./ports.ts";

/** Documents by their hash: kept here, or fetched from a partner and checked on arrival. */
export interface Documents {
  /** The document as it was hashed, or undefined when this node does not have it. */
  get(hash: string): Promise<Uint8Array | undefined>;
  /** The document, fetched from one of these nodes when it is not here. */
  fetch(hash: string, urls: readonly string[], signal: AbortSignal): Promise<Uint8Array>;
  /** Keeps a document under its hash. */
  put(bytes: Uint8Array): Promise<string>;
}

const documentKey = (hash: string): string => key("document", hash);

/** A document is its canonical text (RFC 8785); other bytes of the same value would be another document. */
function requireCanonical(bytes: Uint8Array, url: string): void {
  const text = Buffer.from(bytes).toString("utf8");
  if (canonical(parseJson(text, { at: url })) !== text) {
    throw new BeltError("DOCUMENT_UNAVAILABLE", "The document is not in its canonical form.", { at: url });
  }
}

export function createDocuments({
  store,
  transport,
}: {
  readonly store: Store;
  readonly transport: Transport;
}): Documents {
  const put = async (bytes: Uint8Array): Promise<string> => {
    const hash = toHex(sha256(bytes));
    await store.batch([{ type: "put", key: documentKey(hash), value: bytes }]);
    return hash;
  };
  const get = (hash: string) => store.get(documentKey(hash));
  return {
    get,
    put,
    async fetch(hash, urls, signal) {
      const kept = await get(hash);
      if (kept !== undefined) return kept;
      let cause: unknown;
      for (const url of urls) {
        try {
          const bytes = await transport.document(url, hash, signal);
          if (toHex(sha256(bytes)) !== hash) {
            throw new BeltError(
              "DOCUMENT_UNAVAILABLE",
              "The document does not have the hash it was asked by.",
              { at: url },
            );
          }
          requireCanonical(bytes, url);
          await put(bytes);
          return bytes;
        } catch (error) {
          cause = error;
        }
      }
      throw new BeltError("DOCUMENT_UNAVAILABLE", `No node gives the document ${hash}.`, { cause });
    },
  };
}

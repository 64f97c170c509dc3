import { fromBase64url, toBase64url } from "../../pipeline/bytes.ts";
import { mostCases } from "../../pipeline/log/index.ts";
import type { Status } from "../../pipeline/receipt/index.ts";

const digestBytes = 32;

/**
 * What one station said of a sheet's cases, in little memory, so that many sheets can be at hand: reading one again
 * takes longer than everything else that is done with a tray.
 */
export class ToldCases {
  readonly #statuses = new Map<number, Status>();
  /** The receipts' hashes, one after another in the order of the cases. */
  #digests = Buffer.alloc(0);

  get statuses(): ReadonlyMap<number, Status> {
    return this.#statuses;
  }

  /** The hash of the receipt of a case, to hold against it what comes again. */
  digest(number: number): string | undefined {
    if (!this.#statuses.has(number)) return undefined;
    return toBase64url(this.#digests.subarray(number * digestBytes, (number + 1) * digestBytes));
  }

  add(number: number, status: Status, digest: string): void {
    const end = (number + 1) * digestBytes;
    if (this.#digests.length < end) {
      const grown = Buffer.alloc(Math.min(mostCases * digestBytes, Math.max(end, 2 * this.#digests.length)));
      this.#digests.copy(grown);
      this.#digests = grown;
    }
    this.#digests.set(fromBase64url(digest), number * digestBytes);
    this.#statuses.set(number, status);
  }
}

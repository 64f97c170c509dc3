import { fromBase64url, toBase64url } from "../../pipeline/bytes.ts";
import { mostCases } from "../../pipeline/log/index.ts";
import { type Status, statuses } from "../../pipeline/receipt/index.ts";
import { ByCase } from "./byCase.ts";

/** What one station said of a sheet's cases: reading it again takes longer than everything else that is done with a tray. */
export class ToldCases {
  /** By the case's number the place among {@link statuses}, from 1; 0 where nothing was said. */
  readonly #statuses = new Uint8Array(mostCases);
  readonly #digests = new ByCase();

  get statuses(): ReadonlyMap<number, Status> {
    const told = new Map<number, Status>();
    for (const [number, place] of this.#statuses.entries()) {
      const status = statuses[place - 1];
      if (status !== undefined) told.set(number, status);
    }
    return told;
  }

  /** The hash of the receipt of a case, to hold against it what comes again. */
  digest(number: number): string | undefined {
    const digest = this.#digests.get(number);
    return digest && toBase64url(digest);
  }

  add(number: number, status: Status, digest: string): void {
    this.#digests.set(number, fromBase64url(digest));
    this.#statuses[number] = statuses.indexOf(status) + 1;
  }
}

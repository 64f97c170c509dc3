import { mostCases } from "../../pipeline/log/index.ts";

const size = 32;

/**
 * 32 bytes for each case of a sheet, one after another, so that many sheets can be at hand: as objects of their own they
 * would take five times the memory.
 */
export class ByCase {
  #bytes = Buffer.alloc(0);
  readonly #has = new Uint8Array(mostCases);

  /** What is there of a case; it changes when that is set again. */
  get(number: number): Uint8Array | undefined {
    return this.#has[number] === 1 ? this.#bytes.subarray(number * size, (number + 1) * size) : undefined;
  }

  /** @param bytes 32 of them, of which a copy is kept */
  set(number: number, bytes: Uint8Array): void {
    const end = (number + 1) * size;
    if (this.#bytes.length < end) {
      const grown = Buffer.alloc(Math.min(mostCases * size, Math.max(end, 2 * this.#bytes.length)));
      this.#bytes.copy(grown);
      this.#bytes = grown;
    }
    this.#bytes.set(bytes, number * size);
    this.#has[number] = 1;
  }
}

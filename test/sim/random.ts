import { createHash } from "node:crypto";

/** Numbers that look random and follow from a seed alone (Chris Doty-Humphrey's sfc32). */
export class Random {
  readonly #seed: string;
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(seed: string) {
    this.#seed = seed;
    const words = createHash("sha256").update(seed).digest();
    this.#a = words.readInt32LE(0);
    this.#b = words.readInt32LE(4);
    this.#c = words.readInt32LE(8);
    this.#d = words.readInt32LE(12);
  }

  /** Numbers of their own for one part, so that a change elsewhere does not change them. */
  of(part: string | number): Random {
    return new Random(`${this.#seed}/${part}`);
  }

  /** 32 bits. */
  #word(): number {
    const sum = (this.#a + this.#b + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    this.#c |= 0;
    return sum >>> 0;
  }

  /** From 0 up to, not including, 1. */
  fraction(): number {
    return this.#word() / 2 ** 32;
  }

  /** A whole number, both ends included. */
  int(least: number, most: number): number {
    return least + Math.floor(this.fraction() * (most - least + 1));
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** Small mostly, and large at times: what waits and durations are like. */
  skewed(least: number, most: number): number {
    return least * (most / least) ** this.fraction();
  }

  pick<T>(from: readonly T[]): T {
    const picked = from[this.int(0, from.length - 1)];
    if (picked === undefined) throw new RangeError("There is nothing to pick from.");
    return picked;
  }

  /** So many of them, different ones, in any order. */
  some<T>(from: readonly T[], count: number): T[] {
    const rest = [...from];
    const picked: T[] = [];
    while (picked.length < count && rest.length > 0)
      picked.push(...rest.splice(this.int(0, rest.length - 1), 1));
    return picked;
  }

  bytes(size: number): Uint8Array {
    const bytes = Buffer.alloc(Math.ceil(size / 4) * 4);
    for (let i = 0; i < size; i += 4) bytes.writeUInt32LE(this.#word(), i);
    return bytes.subarray(0, size);
  }
}

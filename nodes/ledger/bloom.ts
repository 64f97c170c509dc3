import { keccak256 } from "ethers";

/**
 * A test of whether a block can have a log with one of these topics, by the Bloom filter in its header (Ethereum's Yellow
 * Paper, section 4.4.3). It may say yes where there is none, and never no where there is one.
 *
 * @param topics 32 bytes each, in hexadecimal
 */
export function mayHold(topics: readonly string[]): (bloom: string) => boolean {
  const sought = topics.map(placesOf);
  return (bloom) => {
    const bits = Buffer.from(bloom.slice(2), "hex");
    const isSet = (place: number): boolean =>
      ((bits[bits.length - 1 - (place >> 3)] ?? 0) & (1 << (place & 7))) !== 0;
    return sought.some((places) => places.every(isSet));
  };
}

/** The three bits of 2,048 that stand for a value, the last bit of the filter being number 0. */
function placesOf(value: string): readonly number[] {
  const hash = Buffer.from(keccak256(value).slice(2), "hex");
  return [0, 2, 4].map((at) => hash.readUInt16BE(at) & 2_047);
}

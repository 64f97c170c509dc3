import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { BeltError } from "../../pipeline/errors.ts";

/** Level's journal: blocks of this size, records with a header of this size (leveldb, doc/log_format.md). */
const blockBytes = 32 * 1024;
const headerBytes = 7;
/** The kinds of records: what fits one, or the first, a middle, the last part of what does not. */
const kinds = { full: 1, first: 2, middle: 3, last: 4 };

/**
 * Makes sure that the journals of a Level database are whole. Level itself takes a damaged record for the end of what
 * a crash left, and goes on without it and without a word: with it, trays that were acknowledged would be gone. At the
 * end of a journal a torn record is just that; where a whole one begins after it, it was changed since it was written: the
 * writer begins none before the one before is on the disk. So was one at the very end that one bit makes whole: what a
 * crash leaves lacks bytes.
 *
 * @throws {BeltError} `STORE_DAMAGED` with the file and the place in it
 */
export async function requireWholeJournal(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((each) => /^\d+\.log$/.test(each))) {
    const bytes = await readFile(join(folder, name)).catch(() => undefined);
    const place = bytes && damageIn(bytes);
    if (place === undefined) continue;
    throw new BeltError("STORE_DAMAGED", "The store's journal was changed since it was written.", {
      at: `${join(folder, name)}:${place}`,
    });
  }
}

/** Where a journal's first record stands that is damaged, with a whole one that begins after it, or but for one bit. */
export function damageIn(journal: Buffer): number | undefined {
  let damaged: number | undefined;
  for (let block = 0; block < journal.length; block += blockBytes) {
    const end = Math.min(block + blockBytes, journal.length);
    let place = block;
    while (place + headerBytes <= end) {
      const next = endOfRecord(journal, place, end);
      const kind = journal.readUInt8(place + 6);
      if (next === undefined) {
        // A block's rest that was made ready to be written, and was not.
        if (damaged === undefined && kind === 0 && journal.readUInt16LE(place + 4) === 0) break;
        if (damaged === undefined && isOneBitOff(journal, place, end)) return place;
        // How long it is cannot be trusted: the next whole one is looked for byte by byte.
        damaged ??= place;
        place++;
        continue;
      }
      if (damaged !== undefined && (kind === kinds.full || kind === kinds.first)) return damaged;
      place = next;
    }
  }
  return undefined;
}

/** Where the record at a place ends; undefined when there is no whole one. */
function endOfRecord(journal: Buffer, place: number, end: number): number | undefined {
  const kind = journal.readUInt8(place + 6);
  const next = place + headerBytes + journal.readUInt16LE(place + 4);
  if (kind < kinds.full || kind > kinds.last || next > end) return undefined;
  return unmasked(journal.readUInt32LE(place)) === crc32c(journal.subarray(place + 6, next))
    ? next
    : undefined;
}

/**
 * Whether one flipped bit, anywhere in it, would make the record at a place whole. The checksum is linear: a bit changes it
 * by what follows from the bit's distance from the end alone, so all of them are tried in one pass. What is torn passes for
 * it once in some sixteen thousand times at most (eight bits a byte, 32 KiB, 32 bits of checksum).
 */
function isOneBitOff(journal: Buffer, place: number, end: number): boolean {
  const header = journal.subarray(place, place + headerBytes);
  const stored = header.readUInt32LE(0);
  const length = header.readUInt16LE(4);
  // In the length, which the checksum does not cover.
  for (let bit = 0; bit < 16; bit++) {
    const next = place + headerBytes + (length ^ (1 << bit));
    if (next <= end && unmasked(stored) === crc32c(journal.subarray(place + 6, next))) return true;
  }
  const next = place + headerBytes + length;
  if (next > end) return false;
  const computed = crc32c(journal.subarray(place + 6, next));
  for (let bit = 0; bit < 32; bit++) if (unmasked((stored ^ (1 << bit)) >>> 0) === computed) return true;
  // In the kind, or in what the record holds.
  const difference = (computed ^ unmasked(stored)) >>> 0;
  const changes = Uint32Array.from({ length: 8 }, (_, bit) => table[1 << bit] ?? 0);
  for (let at = next - 1; at >= place + 6; at--) {
    for (const [bit, change] of changes.entries()) {
      if (change === difference) return true;
      changes[bit] = (change >>> 8) ^ (table[change & 0xff] ?? 0);
    }
  }
  return false;
}

/** Checksums of what contains checksums are stored masked (leveldb, util/crc32c.h). */
function unmasked(stored: number): number {
  const rotated = (stored - 0xa282ead8) >>> 0;
  return ((rotated >>> 17) | (rotated << 15)) >>> 0;
}

const table = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});

/** CRC-32C (RFC 3720, appendix B.4): another polynomial than zlib's. */
function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] ?? 0);
  return ~crc >>> 0;
}

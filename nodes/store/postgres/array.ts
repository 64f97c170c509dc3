/** The number by which PostgreSQL knows the type `bytea`. */
const bytea = 17;
const headerBytes = 20;

/**
 * An array of byte strings as the server receives it in binary form (PostgreSQL, src/backend/utils/adt/arrayfuncs.c,
 * array_recv). As text every byte would be two digits, escaped.
 */
export function byteArray(items: readonly Uint8Array[]): Buffer {
  if (items.length === 0) return Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, bytea]);
  const size = items.reduce((sum, item) => sum + 4 + item.length, headerBytes);
  const array = Buffer.allocUnsafe(size);
  // One dimension, no nulls, of bytea, so many, counted from 1.
  let at = 0;
  for (const word of [1, 0, bytea, items.length, 1]) at = array.writeInt32BE(word, at);
  for (const item of items) {
    at = array.writeInt32BE(item.length, at);
    array.set(item, at);
    at += item.length;
  }
  return array;
}

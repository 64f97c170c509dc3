/** What one tray told of one case, as bytes: the receipt, and sealed what only the consumer may read; empty if nothing. */
export interface Told {
  readonly receipt: Uint8Array;
  readonly secrets: Uint8Array;
}

const lengthBytes = 4;

/** What a tray told of its cases as one record: each part behind its length, 4 bytes big-endian. */
export function writeTold(told: readonly Told[]): Uint8Array {
  const parts = told.flatMap(({ receipt, secrets }) => [receipt, secrets]);
  const record = Buffer.allocUnsafe(parts.reduce((sum, { length }) => sum + lengthBytes + length, 0));
  let at = 0;
  for (const part of parts) {
    at = record.writeUInt32BE(part.length, at);
    record.set(part, at);
    at += part.length;
  }
  return record;
}

export function* readTold(record: Uint8Array): Iterable<Told> {
  const bytes = Buffer.from(record.buffer, record.byteOffset, record.byteLength);
  let at = 0;
  const part = (): Uint8Array => {
    const from = at + lengthBytes;
    at = from + bytes.readUInt32BE(at);
    return bytes.subarray(from, at);
  };
  while (at < bytes.length) yield { receipt: part(), secrets: part() };
}

/** A tray as it stands in the store: when it first arrived, 8 bytes big-endian, then its bytes as they came. */
export interface KeptTray {
  /** Milliseconds since 1970. */
  readonly arrived: number;
  readonly bytes: Uint8Array;
}

const timeBytes = 8;

export function writeKeptTray({ arrived, bytes }: KeptTray): Uint8Array {
  const record = Buffer.allocUnsafe(timeBytes + bytes.length);
  record.writeBigUInt64BE(BigInt(arrived));
  record.set(bytes, timeBytes);
  return record;
}

export function readKeptTray(record: Uint8Array): KeptTray {
  const view = Buffer.from(record.buffer, record.byteOffset, record.byteLength);
  return { arrived: Number(view.readBigUInt64BE()), bytes: view.subarray(timeBytes) };
}

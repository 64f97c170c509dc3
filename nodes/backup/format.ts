import { createHash } from "node:crypto";
import { z } from "zod";
import { utf8 } from "../../pipeline/bytes.ts";
import { BeltError } from "../../pipeline/errors.ts";
import { canonical } from "../../pipeline/json.ts";
import { Address } from "../../pipeline/tray/index.ts";

/**
 * A backup is one stream of bytes: this first line, a line with the header as JSON, then records (a byte for the kind,
 * the lengths of name and value, 4 bytes each, both), a byte 0, and the SHA-256 of everything before it. So one that was
 * cut, changed or never finished is known for that.
 */
const firstLine = "belt-backup 1\n";
const kinds = { end: 0, entry: 1, key: 2 } as const;
const lengths = 9;
const checksumBytes = 32;
/** What is gathered before it is passed on. */
const pieceBytes = 256 * 1024;
/** Longer ones are of no node: a length that was changed must not take all memory. */
const longest = { header: 4_096, name: 4_096, value: 64 * 1024 * 1024 };

export const BackupHeader = z.strictObject({
  member: Address,
  /** When it was begun, in milliseconds since 1970: the store is as it was then. */
  at: z.int().nonnegative(),
  /** The version of the program that wrote it. */
  program: z.string().min(1).max(64),
});
export type BackupHeader = z.infer<typeof BackupHeader>;

/** An entry of the store, or a file of the keys. */
export interface BackupRecord {
  readonly kind: "entry" | "key";
  readonly name: string;
  readonly value: Uint8Array;
}

/** The bytes of a backup, in pieces as they come. */
export async function* writeBackup(
  header: BackupHeader,
  records: AsyncIterable<BackupRecord>,
): AsyncIterable<Uint8Array> {
  const hash = createHash("sha256");
  let gathered: Uint8Array[] = [utf8(`${firstLine}${canonical(header)}\n`)];
  let size = 0;
  const flush = (): Uint8Array => {
    const piece = Buffer.concat(gathered);
    gathered = [];
    size = 0;
    hash.update(piece);
    return piece;
  };
  for await (const { kind, name, value } of records) {
    const text = utf8(name);
    const head = Buffer.alloc(lengths);
    head.writeUInt8(kinds[kind]);
    head.writeUInt32BE(text.length, 1);
    head.writeUInt32BE(value.length, 5);
    gathered.push(head, text, value);
    size += head.length + text.length + value.length;
    if (size >= pieceBytes) yield flush();
  }
  gathered.push(Uint8Array.of(kinds.end));
  yield flush();
  yield hash.digest();
}

/** A backup as it is read: its records must be read to their end, which is where its checksum is checked. */
export interface OpenedBackup {
  readonly header: BackupHeader;
  /** @throws {BeltError} `BACKUP_DAMAGED`, at the end at the latest */
  readonly records: AsyncIterable<BackupRecord>;
}

/**
 * Reads a backup.
 *
 * @param at - what the bytes are of, for the errors
 * @throws {BeltError} `BACKUP_DAMAGED`, `BACKUP_UNKNOWN` for what is no backup, or one of a later form
 */
export async function readBackup(bytes: AsyncIterable<Uint8Array>, at: string): Promise<OpenedBackup> {
  const source = new Source(bytes, at);
  if ((await source.line(firstLine.length)) !== firstLine.trimEnd()) {
    throw new BeltError("BACKUP_UNKNOWN", "This is no backup, or one of a newer version of the program.", {
      at,
    });
  }
  const text = await source.line(longest.header);
  const header = BackupHeader.safeParse(jsonOf(text));
  if (!header.success) throw damaged(at);
  return { header: header.data, records: records(source, at) };
}

async function* records(source: Source, at: string): AsyncIterable<BackupRecord> {
  for (;;) {
    const [kind = -1] = await source.take(1);
    if (kind === kinds.end) break;
    const head = Buffer.from(await source.take(lengths - 1));
    const [name, value] = [head.readUInt32BE(0), head.readUInt32BE(4)];
    const known = kind === kinds.entry ? "entry" : kind === kinds.key ? "key" : undefined;
    if (known === undefined || name > longest.name || value > longest.value) throw damaged(at);
    const text = Buffer.from(await source.take(name)).toString("utf8");
    yield { kind: known, name: text, value: await source.take(value) };
  }
  const own = source.checksum();
  if (!own.equals(await source.take(checksumBytes)) || !(await source.isAtEnd())) throw damaged(at);
}

/** Takes as many bytes as are asked for off a stream of pieces. */
class Source {
  readonly #pieces: AsyncIterator<Uint8Array>;
  readonly #at: string;
  readonly #hash = createHash("sha256");
  #rest: Buffer = Buffer.alloc(0);

  constructor(pieces: AsyncIterable<Uint8Array>, at: string) {
    this.#pieces = pieces[Symbol.asyncIterator]();
    this.#at = at;
  }

  async take(count: number): Promise<Buffer> {
    const parts = [this.#rest];
    let length = this.#rest.length;
    while (length < count) {
      const { value, done } = await this.#pieces.next();
      if (done) throw damaged(this.#at);
      parts.push(Buffer.from(value.buffer, value.byteOffset, value.byteLength));
      length += value.length;
    }
    const all = parts.length === 1 ? this.#rest : Buffer.concat(parts);
    this.#rest = all.subarray(count);
    const taken = all.subarray(0, count);
    this.#hash.update(taken);
    return taken;
  }

  async line(longestLine: number): Promise<string> {
    const bytes: number[] = [];
    for (;;) {
      const [byte = 0] = await this.take(1);
      if (byte === 0x0a) return Buffer.from(bytes).toString("utf8");
      bytes.push(byte);
      if (bytes.length >= longestLine) return "";
    }
  }

  /** Of everything that was taken so far. */
  checksum(): Buffer {
    return this.#hash.copy().digest();
  }

  async isAtEnd(): Promise<boolean> {
    if (this.#rest.length > 0) return false;
    for (;;) {
      const { value, done } = await this.#pieces.next();
      if (done) return true;
      if (value.length > 0) return false;
    }
  }
}

const damaged = (at: string): BeltError =>
  new BeltError("BACKUP_DAMAGED", "The backup is cut off, or was changed: nothing of it is used.", { at });

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

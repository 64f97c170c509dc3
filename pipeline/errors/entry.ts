/** One code of the catalogue. */
interface Entry {
  /** The HTTP status of the problem (RFC 9457). */
  readonly status: number;
  /** Whether the same call may succeed later unchanged. */
  readonly retryable: boolean;
  /** What to do, in a sentence. */
  readonly remedy: string;
}

/** A part of the catalogue: entries by their codes. */
export type Entries = Readonly<Record<string, Entry>>;

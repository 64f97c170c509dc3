/** What was used last: what can be read again from the store is kept in memory only so far. */
export class Recent<V> {
  readonly #most: number;
  // A map keeps the order of insertion: what is used goes to its end.
  readonly #entries = new Map<string, V>();

  /** @param most so many entries at most; what was used longest ago goes first */
  constructor(most: number) {
    this.#most = most;
  }

  get(key: string): V | undefined {
    const value = this.#entries.get(key);
    if (value !== undefined) this.set(key, value);
    return value;
  }

  set(key: string, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#most) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  /** Deletes all whose keys begin with this. */
  deleteUnder(prefix: string): void {
    for (const key of this.#entries.keys()) if (key.startsWith(prefix)) this.#entries.delete(key);
  }

  /** Computes once for each key; a failure is forgotten, so that the next call tries again. */
  static remember<V>(recent: Recent<Promise<V>>, key: string, compute: () => Promise<V>): Promise<V> {
    const known = recent.get(key);
    if (known !== undefined) return known;
    const computed = compute();
    recent.set(key, computed);
    computed.catch(() => recent.delete(key));
    return computed;
  }
}

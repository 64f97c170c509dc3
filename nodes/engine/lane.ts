/** Work in the order in which it came, so many pieces of it in hand at one time. */
export interface Lane<T> {
  add(piece: T): void;
  /** Pieces in hand, and those that wait. */
  size(): number;
}

export interface LaneParts<T> {
  /** Pieces in hand at one time. */
  readonly most: number;
  readonly signal: AbortSignal;
  /** Does a piece; `release`, or its end, lets the next one be taken in hand. Never rejects. */
  work(piece: T, release: () => void): Promise<void>;
}

export function createLane<T>({ most, signal, work }: LaneParts<T>): Lane<T> {
  const waiting: T[] = [];
  let head = 0;
  let inHand = 0;

  function fill(): void {
    while (inHand < most && head < waiting.length && !signal.aborted) {
      const piece = waiting[head++];
      if (piece === undefined) return;
      inHand++;
      let held = true;
      const release = (): void => {
        if (!held) return;
        held = false;
        inHand--;
        fill();
      };
      void work(piece, release).then(release);
    }
    // Amortised: the served half is cut off only when it is the larger one.
    if (head > 1024 && head * 2 > waiting.length) {
      waiting.splice(0, head);
      head = 0;
    }
  }

  return {
    add(piece) {
      waiting.push(piece);
      fill();
    },
    size: () => inHand + waiting.length - head,
  };
}

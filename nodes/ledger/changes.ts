import type { BlockId, LedgerEvent } from "../../pipeline/index/index.ts";

/** What happened to the index since the last time. First what was taken back, then what came. */
export interface LedgerChange {
  /** Everything above this block was taken back (a reorganisation); -1 is everything. */
  readonly rolledBackTo: number | undefined;
  /** The events that count since, oldest first; none when only blocks without events came. */
  readonly events: readonly LedgerEvent[];
  readonly head: BlockId | undefined;
}

/** Tells subscribers what changed. Who is slow gets several changes as one, never twice and never out of order. */
export interface Changes {
  publish(change: LedgerChange): void;
  /** Everything from now on, until the signal or {@link Changes.end}. */
  subscribe(signal: AbortSignal): AsyncIterable<LedgerChange>;
  /** Ends all subscriptions, with an error when there is one. */
  end(error?: unknown): void;
}

interface Pending {
  rolledBackTo: number | undefined;
  events: LedgerEvent[];
  head: BlockId | undefined;
}

interface Subscription {
  pending: Pending | undefined;
  wake: () => void;
}

export function createChanges(): Changes {
  const subscriptions = new Set<Subscription>();
  let ended: { readonly error: unknown } | undefined;

  const wakeAll = () => {
    for (const { wake } of subscriptions) wake();
  };

  async function* read(subscription: Subscription, signal: AbortSignal): AsyncGenerator<LedgerChange> {
    try {
      while (!signal.aborted) {
        if (subscription.pending) {
          const change = subscription.pending;
          subscription.pending = undefined;
          yield change;
        } else if (ended) {
          if (ended.error !== undefined) throw ended.error;
          return;
        } else {
          await new Promise<void>((resolve) => {
            subscription.wake = resolve;
          });
        }
      }
    } finally {
      subscriptions.delete(subscription);
    }
  }

  return {
    publish(change) {
      for (const subscription of subscriptions) subscription.pending = merge(subscription.pending, change);
      wakeAll();
    },

    subscribe(signal) {
      const subscription: Subscription = { pending: undefined, wake: () => undefined };
      if (!signal.aborted) subscriptions.add(subscription);
      const drop = () => {
        subscriptions.delete(subscription);
        subscription.wake();
      };
      signal.addEventListener("abort", drop, { once: true });
      return read(subscription, signal);
    },

    end(error) {
      ended ??= { error };
      wakeAll();
    },
  };
}

function merge(pending: Pending | undefined, { rolledBackTo, events, head }: LedgerChange): Pending {
  if (!pending) return { rolledBackTo, events: [...events], head };
  if (rolledBackTo !== undefined) {
    pending.events = pending.events.filter((event) => event.block <= rolledBackTo);
    pending.rolledBackTo = Math.min(pending.rolledBackTo ?? rolledBackTo, rolledBackTo);
  }
  for (const event of events) pending.events.push(event);
  pending.head = head;
  return pending;
}

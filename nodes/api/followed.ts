import type { WriteOptions, Writing } from "./operations.ts";
import type { Events } from "./route.ts";
import type { Transaction } from "./schemas.ts";

/** Milliseconds to wait for what is answered to become final. */
const usualPatience = 5_000;

/** A writing that answers when its transactions are final, or some time after they are mined, as a node's API does. */
export function untilFinal<Given, Answer>(
  writing: Writing<Given, Answer>,
  { signal, patience }: FollowOptions,
): Writing<Given, Answer> {
  const write = async (given: Given, { onTransaction }: WriteOptions = {}): Promise<Answer> => {
    const { events, end } = followed((options) => writing(given, options), { signal, patience });
    for await (const transaction of events) onTransaction?.(transaction);
    return end();
  };
  return Object.assign(write, { dryRun: (given: Given) => writing.dryRun(given) });
}

export interface FollowOptions {
  /** Ends the events; the writing takes its course. */
  readonly signal: AbortSignal;
  /** Milliseconds to wait for what is answered to become final; some seconds when it is left out. */
  readonly patience?: number | undefined;
}

/**
 * Runs a writing and gives its transactions as they get on. The answer comes when they are all final, or some time
 * after it was there: other networks may need minutes to call a block final.
 */
export function followed<Answer>(
  run: (options: WriteOptions) => Promise<Answer>,
  { signal, patience = usualPatience }: FollowOptions,
): Events<Transaction, Answer> {
  const told: Transaction[] = [];
  /** The newest of every transaction, by its nonce. */
  const newest = new Map<number, Transaction>();
  let wake = Promise.withResolvers<void>();
  const answer = run({
    onTransaction(transaction) {
      told.push(transaction);
      newest.set(transaction.nonce, transaction);
      wake.resolve();
    },
  });
  let over = false;
  let timer: NodeJS.Timeout | undefined;
  const giveUp = (): void => {
    over = true;
    wake.resolve();
  };
  signal.addEventListener("abort", giveUp, { once: true });
  let answered = false;
  answer.then(
    () => {
      answered = true;
      timer = setTimeout(giveUp, patience);
      wake.resolve();
    },
    // A refusal is told at once, as the stream's end.
    giveUp,
  );
  const settled = (): boolean => answered && [...newest.values()].every(({ state }) => state === "final");

  async function* events(): AsyncGenerator<Transaction, void, undefined> {
    try {
      for (;;) {
        for (let next = told.shift(); next !== undefined; next = told.shift()) yield next;
        if (over || settled()) return;
        await wake.promise;
        wake = Promise.withResolvers();
      }
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", giveUp);
    }
  }
  return { events: events(), end: () => answer };
}

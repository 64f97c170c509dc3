import type { Case, Sheet } from "../../api/index.ts";
import type { Network } from "../../network/index.ts";
import { exampleAnswer } from "./exampleAnswer.ts";
import { type LedgerTotals, watchLedger } from "./ledgerTotals.ts";
import { type Answers, lookAfterTasks, type OpenTasks } from "./people.ts";
import { createProgress } from "./progress.ts";
import { shellWord } from "./shellWord.ts";
import type { Show } from "./show.ts";

/** One sheet's way over the belt. */
export interface Journey {
  readonly sheet: Sheet;
  readonly cases: readonly Case[];
  /** Milliseconds from the booking to the last receipt. */
  readonly milliseconds: number;
  /** Receipts that the consumer has: one for each case and station. */
  readonly hops: number;
  readonly ledger: LedgerTotals;
}

/**
 * Books the belt's synthetic cases at the consumer's node as one sheet, and shows where they are until all have
 * arrived and the ledger knows.
 *
 * @throws {BeltError} what the consumer's node refuses; `API_UNREACHABLE` when it goes away
 * @throws the signal's reason when it is aborted
 */
export async function travel(
  network: Network,
  { show, answers, signal }: { readonly show: Show; readonly answers: Answers; readonly signal: AbortSignal },
): Promise<Journey> {
  const { belt, beltId, consumer } = network;
  const { operations } = consumer;
  const ledger = await watchLedger(network, signal);
  const arrived = new AbortController();
  try {
    const begun = performance.now();
    const { sheet } = await operations.book({ belt: beltId, cases: [...belt.cases] });
    const progress = createProgress(Object.keys(belt.template.stations), belt.cases.length);
    show.progress(progress.now());
    const tasks = lookAfterTasks(
      { network, sheet, answers },
      (open) => show.note(howToAnswer(open)),
      AbortSignal.any([arrived.signal, signal]),
    );
    for await (const event of operations.watch(sheet, signal)) {
      progress.add(event);
      show.progress(progress.now());
    }
    signal.throwIfAborted();
    const milliseconds = performance.now() - begun;
    arrived.abort();
    await tasks;
    show.arrived();
    const { hops } = progress.now();
    const [state, cases] = await Promise.all([operations.sheet(sheet), operations.cases(sheet)]);
    return { sheet: state, cases, milliseconds, hops, ledger: await ledger.settled(sheet, hops) };
  } finally {
    arrived.abort();
    await ledger.close();
  }
}

function howToAnswer({ member, tasks }: OpenTasks): string {
  const count = tasks.length === 1 ? "1 task waits" : `${tasks.length} tasks wait`;
  const config = shellWord(member.config);
  const [first] = tasks;
  const answer = shellWord(JSON.stringify(exampleAnswer(first?.answer ?? {})));
  return [
    `${count} for a person at ${member.name}. In another terminal:`,
    `  npx belt tasks list --full --config ${config}`,
    `  npx belt tasks complete ${first?.id ?? "TASK"} ${answer} --config ${config}`,
  ].join("\n");
}

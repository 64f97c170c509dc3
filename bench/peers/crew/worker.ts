import { type Application, advance, finishedItem, steps } from "../../work/item.ts";
import { Given, now, type Told } from "./messages.ts";

/** How a worker process tells of its work. */
export interface Report {
  /** A step was done for good. */
  step(): void;
  /** An item is through all of them. */
  finished(item: Application): void;
}

/** Milliseconds for which news waits for more of it. */
const pause = 20;
/** One in so many finished items is looked at whole. */
const sample = 64;

const tell = (told: Told): void => {
  process.send?.(told);
};

/**
 * What a worker process is: it works until its parent asks it to end or is gone.
 *
 * @param start begins to work, and gives how to end; called once
 */
export async function beWorker(
  start: (report: Report) => Promise<{
    /** Takes work that is given directly; resolves when it is kept. */
    readonly take?: (first: number, count: number) => Promise<void>;
    close(): Promise<void>;
  }>,
): Promise<void> {
  const news = createNews();
  try {
    const { take, close } = await start(news);
    process.on("message", (message) => {
      const { order, first, count } = Given.parse(message);
      void take?.(first, count).then(() => tell({ kept: order }), fail);
    });
    process.once("SIGTERM", () => void end(close));
    process.once("disconnect", () => void end(close));
    tell({ ready: true });
  } catch (problem) {
    fail(problem);
  }
}

/** The number of an item. */
export const numberOf = ({ reference }: Application): number => Number(reference.slice("TEST-".length));

function createNews(): Report {
  let done = 0;
  let finished: [number, number][] = [];
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    timer = undefined;
    tell({ steps: done, finished });
    done = 0;
    finished = [];
  };
  const soon = (): void => {
    if (timer === undefined) timer = setTimeout(flush, pause);
  };
  return {
    step() {
      done++;
      soon();
    },
    finished(item) {
      const number = numberOf(item);
      if (number % sample === 0 && item.progress.code !== finishedItem(number).progress.code) {
        fail(new Error(`Item ${number} is not as it should be after ${item.progress.step} steps.`));
      }
      finished.push([number, now()]);
      soon();
    },
  };
}

/** Does an item's next step, and says whether it was the last. */
export function work(item: Application): { readonly next: Application; readonly last: boolean } {
  const next = advance(item);
  return { next, last: next.progress.step === steps };
}

function fail(problem: unknown): void {
  tell({ problem: problem instanceof Error ? (problem.stack ?? problem.message) : String(problem) });
}

async function end(close: () => Promise<void>): Promise<void> {
  const limit = setTimeout(() => process.exit(1), 5_000);
  await close().catch(() => {});
  clearTimeout(limit);
  process.exit(0);
}

import { Listr, type ListrTask } from "listr2";
import type { Step, StepName } from "../../network/index.ts";
import { styled } from "../output.ts";
import { boardLines } from "./board.ts";
import { createLive } from "./live.ts";
import type { Show } from "./show.ts";
import { seconds, titles } from "./titles.ts";

/** In the order in which they begin; those in one row go on at the same time. */
const order: readonly (readonly StepName[])[] = [
  ["ports"],
  ["keys", "chain", "sources"],
  ["contracts"],
  ["members"],
  ["nodes"],
  ["offers"],
  ["belt"],
];

/** A list of steps that tick themselves off, then a board of stations that fills up. */
export function createTerminalShow(): Show {
  const live = createLive(process.stdout);
  const steps = createStepList();
  return {
    step: steps.tell,
    stepsOver: steps.over,
    progress: (progress) => live.show(() => ["", ...boardLines(progress, process.stdout.columns)]),
    note: (sentence) => live.print(sentence),
    arrived: () => live.end(),
  };
}

type Outcome = Exclude<Step, { state: "begins" }> | undefined;

/** The steps as listr2 shows them: each waits until it is told of its end. */
function createStepList() {
  const waiting = new Map<StepName, PromiseWithResolvers<Outcome>>(
    order.flat().map((name) => [name, Promise.withResolvers<Outcome>()]),
  );
  const taskOf = (name: StepName): ListrTask => ({
    title: titles[name],
    async task(_, task) {
      const outcome = await waiting.get(name)?.promise;
      if (outcome === undefined) task.skip(titles[name]);
      else if (outcome.state === "failed") throw new Error(titles[name]);
      else task.title = `${titles[name]}: ${outcome.note} ${styled("dim", seconds(outcome.milliseconds))}`;
    },
  });
  const together = (names: readonly StepName[]): ListrTask => ({
    title: names.map((name) => titles[name]).join(", "),
    task: (_, task) => task.newListr(names.map(taskOf), { concurrent: true, exitOnError: false }),
  });
  const tasks = order.map((names) => {
    const [only] = names;
    return only === undefined || names.length > 1 ? together(names) : taskOf(only);
  });
  let running: Promise<unknown> | undefined;
  const list = new Listr(tasks, {
    exitOnError: false,
    // Who started the network decides what Ctrl-C does.
    registerSignalListeners: false,
    rendererOptions: { collapseSubtasks: false, showErrorMessage: false, collapseErrors: false },
  });
  return {
    tell(step: Step): void {
      running ??= list.run();
      if (step.state !== "begins") waiting.get(step.step)?.resolve(step);
    },
    async over(): Promise<void> {
      for (const { resolve } of waiting.values()) resolve(undefined);
      await running;
    },
  };
}

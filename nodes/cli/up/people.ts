import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import type { Task } from "../../api/index.ts";
import type { MemberNode, Network } from "../../network/index.ts";
import { parseJson, parseWith } from "../../parse.ts";

/** What people answer in an example: by the case's reference and the station. */
const Answers = z.record(z.string(), z.record(z.string(), z.record(z.string(), z.json())));
export type Answers = z.infer<typeof Answers>;

/**
 * The answers that a belt's folder has for its synthetic cases, in `answers.json` beside them; none without the file.
 *
 * @throws {BeltError} `JSON_INVALID`, `INPUT_INVALID`
 */
export async function readAnswers({ folder, members }: Network["belt"]): Promise<Answers> {
  const file = join(folder, dirname(members.cases), "answers.json");
  const text = await readFile(file, "utf8").catch(() => undefined);
  return text === undefined ? {} : parseWith(Answers, parseJson(text, file), { at: `${file}#` });
}

/** Tasks of one member that wait for a person. */
export interface OpenTasks {
  readonly member: MemberNode;
  readonly tasks: readonly Task[];
}

/** Milliseconds between two looks at the tasks. */
const interval = 500;

/**
 * Looks after the tasks of a sheet until aborted: those with an answer are completed.
 *
 * @param waiting - told when the tasks that wait for somebody else change
 */
export async function lookAfterTasks(
  {
    network,
    sheet,
    answers,
  }: { readonly network: Network; readonly sheet: string; readonly answers: Answers },
  waiting: (open: OpenTasks) => void,
  signal: AbortSignal,
): Promise<void> {
  const desks = await desksOf(network);
  const seen = new Map<string, string>();
  const told = new Map<string, string>();
  while (desks.length > 0 && !signal.aborted) {
    for (const member of desks) {
      // A node that is away for a moment is asked again.
      const all = await member.operations.tasks().catch(() => []);
      const left: Task[] = [];
      for (const task of all.filter((each) => each.sheet === sheet)) {
        const answer = answerOf(network, task, answers);
        if (answer === undefined) left.push(task);
        else await member.operations.completeTask(task.id, answer);
      }
      const now = left.map(({ id }) => id).join(" ");
      // While more tasks come in, nobody is told of each.
      if (now !== "" && now === seen.get(member.name) && now !== told.get(member.name)) {
        told.set(member.name, now);
        waiting({ member, tasks: left });
      }
      seen.set(member.name, now);
    }
    await pause(interval, undefined, { signal }).catch(() => undefined);
  }
}

/** The members with stations where a person works. */
async function desksOf({ members }: Network): Promise<readonly MemberNode[]> {
  const asked = members.map(async (member) => {
    const { stations } = await member.operations.status();
    return stations.some(({ kind }) => kind === "human") ? [member] : [];
  });
  return (await Promise.all(asked)).flat();
}

function answerOf({ belt }: Network, task: Task, answers: Answers): Task["form"] | undefined {
  const reference = belt.cases[task.case]?.["reference"];
  return typeof reference === "string" ? answers[reference]?.[task.station] : undefined;
}

import { Command } from "commander";
import type { Task } from "../api/index.ts";
import { type JsonOption, type NodeOptions, withExamples, withJson, withNode } from "./command.ts";
import { type Column, print, printable, printJson, printTable, styled } from "./output.ts";
import { inPlaces, placesOf } from "./places.ts";

/** `belt tasks`: what waits for a person at this node's stations. */
export function tasksCommand(): Command {
  return withExamples(
    new Command("tasks")
      .summary("list and complete what waits for a person")
      .description("List and complete the tasks that wait for a person at this node's stations."),
    ["belt tasks list", "what waits"],
    [`belt tasks complete 0a1b-references-3 '{"positive": true}'`, "answer one"],
  )
    .addCommand(listCommand())
    .addCommand(completeCommand());
}

const columns: readonly Column<Task>[] = [
  { title: "TASK", of: ({ id }) => id },
  { title: "STATION", of: ({ station }) => station },
  { title: "SINCE", of: ({ since }) => since.slice(0, 19) },
  { title: "QUESTION", of: ({ form }) => JSON.stringify(form) },
];

function listCommand(): Command {
  const command = new Command("list")
    .description("List the tasks that wait for a person, the oldest first.")
    .option("--full", "with the JSON Schema that an answer must fit", false)
    .action(async ({ full, json, ...options }: NodeOptions & JsonOption & { readonly full: boolean }) => {
      const { connect } = await import("./connect.ts");
      const tasks = await (await connect(options)).tasks();
      if (json) {
        printJson({ tasks });
        return;
      }
      if (!full || tasks.length === 0) {
        printTable(tasks, columns, "No task waits.");
        return;
      }
      for (const { id, station, since, form, answer } of tasks) {
        print(`${styled("bold", printable(id))}  ${station}, since ${since}`);
        print(`  question  ${printable(JSON.stringify(form))}`);
        print(`  answer    ${printable(JSON.stringify(answer))}`);
      }
    });
  return withExamples(
    withJson(withNode(command)),
    ["belt tasks list --full", "with what an answer must look like"],
    ["belt tasks list --json", "for a program"],
  );
}

function completeCommand(): Command {
  const command = new Command("complete")
    .description("Complete a task with a person's answer.")
    .argument("<task>", "the task's id, as `belt tasks list` shows it")
    .argument("<answer>", "the answer as JSON, or @FILE to read it from a file, or @- from standard input")
    .action(async (task: string, given: string, { json, ...options }: NodeOptions & JsonOption) => {
      const [{ connect }, answer] = await Promise.all([import("./connect.ts"), readAnswer(given)]);
      const node = await connect(options);
      const places = placesOf({
        task: "<task>",
        answer: (pointer) => `${inputName(given)}${pointer === "" ? "" : `#${pointer}`}`,
      });
      await inPlaces(places, () => node.completeTask(task, answer));
      if (json) printJson({ task });
      else print(`Task ${printable(task)} is completed.`);
    });
  return withExamples(
    withJson(withNode(command)),
    [`belt tasks complete 0a1b-references-3 '{"positive": true}'`, "the answer as JSON"],
    ["belt tasks complete 0a1b-references-3 @answer.json", "from a file"],
  );
}

/** What an answer is called in sentences. */
function inputName(given: string): string {
  if (given === "@-") return "standard input";
  return given.startsWith("@") ? given.slice(1) : "the answer";
}

async function readAnswer(given: string): Promise<Task["form"]> {
  const [{ z }, { parseJson, parseWith }, { readJson }] = await Promise.all([
    import("zod"),
    import("../parse.ts"),
    import("./input.ts"),
  ]);
  const value = given.startsWith("@") ? await readJson(given.slice(1)) : parseJson(given, inputName(given));
  return parseWith(z.record(z.string(), z.json()), value, { at: inputName(given) });
}

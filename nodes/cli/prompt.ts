import { cancel, isCancel, password, text } from "@clack/prompts";
import { BeltError } from "../../pipeline/errors.ts";
import type { Question } from "./init.ts";

/**
 * Asks a person at the terminal.
 *
 * @throws {BeltError} `USAGE_INVALID` when the person gives up
 */
export async function ask(questions: readonly Question[]): Promise<Record<string, string>> {
  const answers: Record<string, string> = {};
  for (const { path, message, placeholder } of questions) {
    const answer = await text({
      message,
      placeholder,
      validate: (value) => (value === undefined || value.trim() === "" ? "This is needed." : undefined),
    });
    if (isCancel(answer)) throw givenUp();
    answers[path] = answer.trim();
  }
  return answers;
}

/** Asks for a new passphrase, twice; none when the answer is empty. */
export async function askNewPassphrase(): Promise<string | undefined> {
  const first = await askSecret("A passphrase for the keys (empty: none, the file's rights protect them)");
  if (first === "") return undefined;
  if (first !== (await askSecret("The same again"))) {
    throw new BeltError("USAGE_INVALID", "The two passphrases differ.");
  }
  return first;
}

export const askPassphrase = (): Promise<string> => askSecret("The passphrase of the node's keys");

async function askSecret(message: string): Promise<string> {
  const answer = await password({ message });
  if (isCancel(answer)) throw givenUp();
  // Nothing typed is no text at all to the prompt.
  return answer ?? "";
}

function givenUp(): BeltError {
  cancel("Nothing was changed.");
  return new BeltError("USAGE_INVALID", "The questions were not answered.");
}

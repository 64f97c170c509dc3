import { BeltError } from "../../pipeline/errors.ts";
import type { JsonObject, Station, StationContract, WorkContext } from "./station.ts";

export interface HumanDefinition<Input extends object> extends StationContract {
  /** What the person is shown; the whole input when absent. */
  form?(input: Input, context: WorkContext): object | Promise<object>;
}

/**
 * A station where a person answers. The case waits as a task until somebody completes it through the API or the
 * command line; the answer is the station's output, so it must fit the output schema.
 */
export function defineHumanStation<Input extends object = JsonObject>(
  definition: HumanDefinition<Input>,
): Station {
  const { form, ...contract } = definition;
  return {
    ...contract,
    kind: "human",
    async work(input, context, resumed) {
      if (resumed?.from === "task") return { status: "done", output: resumed.answer };
      if (resumed !== undefined) throw new BeltError("INTERNAL", "A task came back without an answer.");
      // The engine has checked the input against the input schema, which is what `Input` says in TypeScript.
      return { status: "task", form: form === undefined ? input : await form(input as Input, context) };
    },
  };
}

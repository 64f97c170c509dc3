import type { JsonObject, Station, StationContract, WorkContext } from "./station.ts";

export interface FunctionDefinition<Input extends object, Output extends object> extends StationContract {
  /**
   * Works on one case. The input fits the input schema; what is returned must fit the output schema.
   *
   * @throws {Unprocessable} when the case itself cannot be processed. Any other error fails the station.
   */
  process(input: Input, context: WorkContext): Output | Promise<Output>;
}

/**
 * A station that is a TypeScript function.
 *
 * Settings: `timeoutMs` (30,000) bounds the work on one case, as for every kind; the rest is the station's own.
 */
export function defineStation<Input extends object = JsonObject, Output extends object = JsonObject>(
  definition: FunctionDefinition<Input, Output>,
): Station {
  const { process, ...contract } = definition;
  return {
    ...contract,
    kind: "function",
    async work(input, context) {
      // The engine has checked the input against the input schema, which is what `Input` says in TypeScript.
      return { status: "done", output: await process(input as Input, context) };
    },
  };
}

import { z } from "zod";
import { examine } from "../../pipeline/complaint.ts";
import { BeltError } from "../../pipeline/errors.ts";
import { complaintOf } from "../parse.ts";
import type { NodeOperations, WriteOptions, Writing } from "./operations.ts";

/** A request before its parts are parsed. */
export interface Given {
  readonly params: unknown;
  readonly query: unknown;
  /** By their names in lower case. */
  readonly headers: unknown;
  readonly body: unknown;
}

/** What the server and the API's description take from a route alike. */
interface Description<Input extends z.ZodObject = z.ZodObject> {
  readonly method: "get" | "post" | "delete";
  /** With its parameters in braces, as OpenAPI writes them. */
  readonly path: string;
  readonly name: string;
  readonly summary: string;
  /** The schema of the parts that the route has, of `params`, `query`, `headers` and `body`. */
  readonly input: Input;
}

/** A route with one answer; without a schema of the answer it has none (204). */
export interface AnswerRoute extends Description {
  readonly kind: "answer";
  readonly status: 200 | 201 | 204;
  readonly answer: z.ZodType | undefined;
  run(operations: NodeOperations, given: Given): Promise<unknown>;
}

/** A route with a stream of events. */
export interface EventsRoute extends Description {
  readonly kind: "events";
  readonly event: z.ZodType;
  /** What is told when the events have ended. */
  readonly end: z.ZodType;
  open(operations: NodeOperations, given: Given, signal: AbortSignal): Promise<Events<unknown, unknown>>;
}

export interface Events<Event, End> {
  readonly events: AsyncIterable<Event>;
  end(): Promise<End>;
}

/**
 * A route that writes on the ledger: with `?dryRun=true` it only says what that would take, and for whoever accepts
 * events it tells how its transactions get on before it answers.
 */
export interface WriteRoute extends Description {
  readonly kind: "write";
  readonly status: 200 | 201;
  readonly answer: z.ZodType;
  /** Parses a request; nothing is done before the writing is run. */
  open(operations: NodeOperations, given: Given): OpenedWriting;
}

export interface OpenedWriting {
  /** Whether it is only to say what it would take. */
  readonly dry: boolean;
  run(options?: WriteOptions): Promise<unknown>;
}

/** A route that answers with bytes, as they come. */
export interface BytesRoute extends Description {
  readonly kind: "bytes";
  open(operations: NodeOperations): AsyncIterable<Uint8Array>;
}

export type Route = BytesRoute | AnswerRoute | EventsRoute | WriteRoute;

/** The input of a route that takes none. */
export const nothing = z.object({});

/** A route whose operation gets parsed parts and gives what the schema of the answer says. */
export function answers<Input extends z.ZodObject, Answer extends z.ZodType>(
  description: Description<Input> & {
    readonly status?: 200 | 201 | 204;
    readonly answer?: Answer;
    readonly run: (operations: NodeOperations, input: z.output<Input>) => Promise<z.input<Answer>>;
  },
): AnswerRoute {
  const { answer, status = 200, run, ...rest } = description;
  return {
    ...rest,
    kind: "answer",
    status,
    answer,
    run: (operations, given) => run(operations, parse(rest.input, given)),
  };
}

/** A route whose operation gives events until it ends or the signal aborts. */
export function streams<Input extends z.ZodObject, Event extends z.ZodType, End extends z.ZodType>(
  description: Description<Input> & {
    readonly event: Event;
    readonly end: End;
    readonly open: (
      operations: NodeOperations,
      input: z.output<Input>,
      signal: AbortSignal,
    ) => Promise<Events<z.input<Event>, z.input<End>>>;
  },
): EventsRoute {
  const { open, ...rest } = description;
  return {
    ...rest,
    kind: "events",
    open: (operations, given, signal) => open(operations, parse(rest.input, given), signal),
  };
}

const flag = z.enum(["true", "false"]).default("false");

/** A route to an operation that writes; it takes `dryRun` besides its own input. */
export function writes<Input extends z.ZodObject, Asked, Answer extends z.ZodType>(
  description: Description<Input> & {
    readonly status?: 200 | 201;
    readonly answer: Answer;
    readonly operation: (operations: NodeOperations) => Writing<Asked, z.input<Answer>>;
    /** What of the input the operation takes. */
    readonly asked: (input: z.output<Input>) => Asked;
  },
): WriteRoute {
  const { status = 200, answer, operation, asked, ...rest } = description;
  const query = z.object({ query: z.strictObject({ dryRun: flag }) });
  return {
    ...rest,
    input: rest.input.extend(query.shape),
    kind: "write",
    status,
    answer,
    open(operations, given) {
      const input = asked(parse(rest.input, given));
      const dry = parse(query, given).query.dryRun === "true";
      const write = operation(operations);
      return { dry, run: (options) => (dry ? write.dryRun(input) : write(input, options)) };
    },
  };
}

/** Parses a request's parts; of the body the place is a JSON pointer, of the others the part and the name. */
function parse<Input extends z.ZodObject>(schema: Input, given: Given): z.output<Input> {
  const result = examine(schema, given);
  if (result.success) return result.data;
  const { path, pointer, sentence } = complaintOf(result.error);
  const [part] = path;
  const at =
    part === "body" ? pointer.slice("/body".length) || "body" : `${String(part)} ${path.slice(1).join(".")}`;
  throw new BeltError("INPUT_INVALID", sentence, { at, cause: result.error });
}

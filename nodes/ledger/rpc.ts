import { type Dispatcher, request } from "undici";
import { z } from "zod";
import { BeltError } from "../../pipeline/errors.ts";

/** A JSON-RPC node of the ledger's network. */
export interface Rpc {
  /**
   * Calls a method; calls that are made together travel together.
   *
   * @throws {BeltError} `LEDGER_UNREACHABLE` when there is no answer; {@link CallRefused} when the answer is an error,
   * and `LEDGER_CALL_FAILED` too when it is not what `schema` says.
   */
  call<Schema extends z.ZodType>(
    schema: Schema,
    method: string,
    params?: readonly unknown[],
    signal?: AbortSignal,
  ): Promise<z.output<Schema>>;
}

export interface RpcOptions {
  /** http or https. */
  readonly url: string;
  /** Ends all calls. */
  readonly signal: AbortSignal;
  /** How long to wait for an answer, in milliseconds. */
  readonly timeout?: number;
  /** Is told the server's time (HTTP Date, in milliseconds since 1970) with every answer. */
  readonly onDate?: (date: number) => void;
}

/** The ledger's node answered with an error. */
export class CallRefused extends BeltError {
  /** The node's own words. */
  readonly words: string;
  /** What a contract reverted with. */
  readonly data: string | undefined;
  /** Whether a contract refused, rather than the node. */
  readonly reverted: boolean;

  constructor(method: string, { code, message, data }: z.infer<typeof ErrorObject>) {
    super("LEDGER_CALL_FAILED", `The ledger's node refused ${method}: ${message.slice(0, 500)}`);
    this.words = message;
    this.data = data;
    // 3 is what most nodes answer for a revert; the others say it in words.
    this.reverted = data !== undefined || code === 3 || /revert/i.test(message);
  }
}

/** More calls than this in one request are refused by some servers. */
const mostInBatch = 50;

const hexadecimal = /^0x(?:[0-9a-fA-F]{2})*$/;

const ErrorObject = z.object({
  code: z.number(),
  message: z.string(),
  // The bytes stand here themselves, or (as Hardhat and older nodes have it) inside an object.
  data: z
    .union([
      z.string(),
      z.object({ data: z.string() }).transform(({ data }) => data),
      z.unknown().transform(() => undefined),
    ])
    .transform((data) => (data !== undefined && hexadecimal.test(data) ? data : undefined))
    .optional(),
});

const Answer = z.object({
  id: z.number().nullish(),
  result: z.unknown().optional(),
  error: ErrorObject.nullish(),
});
const Answers = z.union([z.array(Answer), Answer.transform((answer) => [answer])]);
type Answer = z.infer<typeof Answer>;

interface Waiting {
  readonly id: number;
  readonly method: string;
  readonly params: readonly unknown[];
  readonly answer: (answer: Answer) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Opens a JSON-RPC node; nothing is sent before the first call.
 *
 * @throws {BeltError} `INPUT_INVALID` when the URL is no http or https URL.
 */
export function openRpc({ url, signal, timeout = 30_000, onDate }: RpcOptions): Rpc {
  const endpoint = endpointOf(url);
  let queue: Waiting[] = [];
  let next = 1;

  const flush = () => {
    const all = queue;
    queue = [];
    for (let start = 0; start < all.length; start += mostInBatch) {
      void send(all.slice(start, start + mostInBatch));
    }
  };

  const send = async (batch: readonly Waiting[]) => {
    try {
      const requests = batch.map(({ id, method, params }) => ({ jsonrpc: "2.0", id, method, params }));
      const answers = await post(JSON.stringify(requests.length === 1 ? requests[0] : requests));
      // A server that refuses a whole batch answers with one error that names none of the calls.
      const refusal = answers.find(({ id, error }) => error && (id === null || id === undefined));
      for (const waiting of batch) {
        const answer = answers.find(({ id }) => id === waiting.id) ?? refusal;
        if (answer) waiting.answer(answer);
        else
          waiting.fail(new BeltError("LEDGER_CALL_FAILED", `The ledger's node left out ${waiting.method}.`));
      }
    } catch (error) {
      for (const waiting of batch) waiting.fail(error);
    }
  };

  const post = async (body: string): Promise<Answer[]> => {
    const ends = AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
    const ask = async () => {
      const { url, headers } = endpoint;
      const response = await request(url, { method: "POST", body, headers, signal: ends });
      return { response, text: await response.body.text() };
    };
    // A server may close a kept connection just as a call is sent on it. Every call can be sent twice, also one with a
    // signed transaction: a ledger takes it once.
    const { response, text } = await ask()
      .catch((cause: unknown) => {
        if (ends.aborted || !wasClosed(cause)) throw cause;
        return ask();
      })
      .catch((cause: unknown) => {
        signal.throwIfAborted();
        throw unreachable(endpoint.host, reasonOf(cause, timeout), { cause });
      });
    const date = Date.parse(headerOf(response, "date"));
    if (!Number.isNaN(date)) onDate?.(date);
    const parsed = Answers.safeParse(parseJson(text));
    if (parsed.success) return parsed.data;
    if (response.statusCode < 300)
      throw unreachable(endpoint.host, "what answers there does not speak JSON-RPC");
    const seconds = headerOf(response, "retry-after");
    const context = /^[0-9]{1,6}$/.test(seconds) ? { retryAfter: Number(seconds) } : {};
    throw unreachable(endpoint.host, `it answers HTTP ${response.statusCode}`, context);
  };

  return {
    call: (schema, method, params = [], callSignal) =>
      new Promise((resolve, reject) => {
        const abort = () => reject(callSignal?.reason);
        if (signal.aborted) return reject(signal.reason);
        if (callSignal?.aborted) return abort();
        callSignal?.addEventListener("abort", abort, { once: true });
        const done = () => callSignal?.removeEventListener("abort", abort);
        const answer = ({ result, error }: Answer) => {
          done();
          if (error) return reject(new CallRefused(method, error));
          const parsed = schema.safeParse(result);
          if (parsed.success) return resolve(parsed.data);
          const message = `The ledger's node answers ${method} in a form that is not Ethereum's.`;
          reject(new BeltError("LEDGER_CALL_FAILED", message, { cause: parsed.error }));
        };
        const fail = (error: unknown) => {
          done();
          reject(error);
        };
        if (queue.length === 0) queueMicrotask(flush);
        queue.push({ id: next++, method, params, answer, fail });
      }),
  };
}

/** URL, headers, and the part of the URL that can be shown: a user's name or the path may hold secrets. */
export function endpointOf(text: string) {
  const url = URL.parse(text);
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    throw new BeltError("INPUT_INVALID", "The ledger's URL must be an http or https URL.", {
      at: "ledger.url",
    });
  }
  const { protocol, host, username, password } = url;
  const login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString(
    "base64",
  );
  url.username = "";
  url.password = "";
  const authorization = username ? { authorization: `Basic ${login}` } : {};
  return {
    url,
    headers: { "content-type": "application/json", ...authorization },
    host: `${protocol}//${host}`,
  };
}

function headerOf({ headers }: Dispatcher.ResponseData, name: string): string {
  const value = headers[name];
  return typeof value === "string" ? value : "";
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unreachable(host: string, reason: string, context = {}): BeltError {
  return new BeltError("LEDGER_UNREACHABLE", `The ledger at ${host} does not answer: ${reason}.`, context);
}

const reasons: Record<string, string> = {
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "it closed the connection",
  ENOTFOUND: "the host's name is unknown",
  EAI_AGAIN: "the host's name cannot be resolved now",
  UND_ERR_SOCKET: "it closed the connection",
};

const wasClosed = (error: unknown): boolean =>
  error instanceof Error &&
  "code" in error &&
  (error.code === "UND_ERR_SOCKET" || error.code === "ECONNRESET");

function reasonOf(error: unknown, timeout: number): string {
  if (error instanceof DOMException && error.name === "TimeoutError") return `no answer within ${timeout} ms`;
  const cause = error instanceof AggregateError ? error.errors[0] : error;
  if (!(cause instanceof Error)) return String(cause);
  const code = "code" in cause ? String(cause.code) : "";
  return reasons[code] ?? (cause.message || code || cause.name);
}

import { Agent, request } from "undici";
import { BeltError } from "../../pipeline/errors.ts";
import { joseType, trayType } from "../../pipeline/tray/index.ts";
import { errorOfAnswer } from "../problem.ts";
import { passedOnHeader } from "./server.ts";

/** Answers of partners are read up to this many bytes. */
const mostAnswerBytes = 4 * 1024 * 1024;

/** What is sent to a partner. */
interface Question {
  readonly type: string;
  readonly body: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface TransportOptions {
  /** Milliseconds that a partner may take from the first byte of the question to the last of its answer. */
  readonly timeout?: number;
}

/** Trays, documents and manifests over HTTP. Every failure is a {@link BeltError}. */
export function createTransport({ timeout = 30_000 }: TransportOptions = {}) {
  const dispatcher = new Agent({
    connect: { timeout: Math.min(timeout, 5_000) },
    headersTimeout: timeout,
    bodyTimeout: timeout,
    maxResponseSize: mostAnswerBytes,
  });

  async function call(
    url: string,
    path: string,
    question: Question | undefined,
    signal: AbortSignal,
  ): Promise<Buffer> {
    try {
      const response = await request(new URL(path, url), {
        dispatcher,
        // The limits above are between two bytes: whoever sends one now and then would hold the line for ever.
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
        ...(question === undefined
          ? { method: "GET" }
          : {
              method: "POST",
              body: question.body,
              headers: { ...question.headers, "content-type": question.type },
            }),
      });
      const answer = Buffer.from(await response.body.arrayBuffer());
      if (response.statusCode === 200) return answer;
      throw errorOfAnswer(response.statusCode, json(answer), seconds(response.headers["retry-after"]));
    } catch (cause) {
      if (cause instanceof BeltError) throw cause;
      throw new BeltError("PARTNER_UNREACHABLE", "The partner's node does not answer.", { at: url, cause });
    }
  }

  return {
    async deliver(url: string, tray: Uint8Array, signal: AbortSignal): Promise<string> {
      return (await call(url, "/v1/trays", { type: trayType, body: tray }, signal)).toString("latin1");
    },
    async copies(url: string, request: string, signal: AbortSignal): Promise<string> {
      const body = Buffer.from(request, "latin1");
      return (await call(url, "/v1/copies", { type: joseType, body }, signal)).toString("latin1");
    },
    /** Passes a tray on to another worker of the same member. */
    async passOn(url: string, tray: Uint8Array, signal: AbortSignal): Promise<string> {
      const passedOn = { type: trayType, body: tray, headers: { [passedOnHeader]: "1" } };
      return (await call(url, "/v1/trays", passedOn, signal)).toString("latin1");
    },
    document: (url: string, hash: string, signal: AbortSignal): Promise<Uint8Array> =>
      call(url, `/v1/documents/${hash}`, undefined, signal),
    manifest: (url: string, root: string, signal: AbortSignal): Promise<Uint8Array> =>
      call(url, `/v1/manifests/${root}`, undefined, signal),
    close: (): Promise<void> => dispatcher.destroy(),
  };
}

function json(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
}

/** Retry-After in seconds, from a number or a date (RFC 9110, section 10.2.3); at most an hour. */
function seconds(header: string | string[] | undefined): number | undefined {
  if (typeof header !== "string") return undefined;
  const number = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(number) ? Math.min(Math.max(number, 0), 3600) : undefined;
}

import type { Transport } from "../../nodes/engine/index.ts";
import { errorOfAnswer, problemAnswer } from "../../nodes/problem.ts";
import { BeltError } from "../../pipeline/errors.ts";
import type { Face } from "./memberWorker.ts";
import { Process } from "./process.ts";
import type { Random } from "./random.ts";
import type { Time } from "./time.ts";

/** What answers at a URL: a process, and its face once that has started. */
export interface Host {
  readonly process: Process | undefined;
  readonly face: Face | undefined;
  /** Whether it answers whatever comes to its mind, as a broken proxy before it would. */
  readonly babbles: boolean;
}

/** How the network between two hosts is. */
export interface Weather {
  /** Whether nothing gets through from the one to the other. */
  cut(from: string, to: string): boolean;
  /** How probable it is that a message is lost, and that one arrives twice. */
  readonly loss: number;
  readonly duplication: number;
  /** The longest that a message takes, in milliseconds. */
  readonly slowest: number;
}

/** What came back: a 200 with bytes, or another status with a body. */
interface Answer {
  readonly status: number;
  readonly body: Uint8Array;
  readonly retryAfter?: number | undefined;
}

/** Milliseconds that a partner may take to answer, as over HTTP. */
const timeout = 30_000;

export interface NetworkParts {
  readonly time: Time;
  readonly random: Random;
  readonly weather: Weather;
  host(url: string): Host;
  /** Sees every acknowledgement that is given, whether it arrives or not. */
  acknowledged(to: string, acknowledgement: string): void;
  /** Sees every tray on its way. */
  passing(to: string, tray: Uint8Array): void;
}

/** The network between simulated nodes: it delays, loses, repeats, reorders and cuts off. */
export class Network {
  readonly #parts: NetworkParts;
  /** Answers that were given before, for a babbling host to give again. */
  readonly #old: Uint8Array[] = [];

  constructor(parts: NetworkParts) {
    this.#parts = parts;
  }

  /** The network as a process of a host has it. */
  transport(from: string, process: Process): Transport {
    const ask = (url: string, route: Route, signal: AbortSignal) =>
      this.#ask(from, process, url, route, signal);
    return {
      deliver: async (url, tray, signal) => {
        if (!process.pass("before send")) return Process.never();
        this.#parts.passing(url, tray);
        const bytes = await ask(
          url,
          async ({ accept }) => {
            const text = await accept(tray);
            this.#parts.acknowledged(url, text);
            return Buffer.from(text, "latin1");
          },
          signal,
        );
        if (!process.pass("after acknowledgement")) return Process.never();
        return Buffer.from(bytes).toString("latin1");
      },
      copies: async (url, request, signal) =>
        Buffer.from(
          await ask(
            url,
            async ({ copies }) => Buffer.from(await copies(Buffer.from(request, "latin1")), "latin1"),
            signal,
          ),
        ).toString("latin1"),
      document: (url, hash, signal) => ask(url, ({ documents }) => documents.get(hash), signal),
      manifest: (url, root, signal) => ask(url, ({ manifest }) => manifest(root), signal),
    };
  }

  #ask(from: string, process: Process, url: string, route: Route, signal: AbortSignal): Promise<Uint8Array> {
    const { time, random, weather } = this.#parts;
    const delay = (): number => random.skewed(0.2, weather.slowest);
    return new Promise((resolve, reject) => {
      let over = false;
      const end = (finish: () => void): void => {
        if (over) return;
        over = true;
        cancel();
        signal.removeEventListener("abort", stop);
        if (process.alive) finish();
      };
      const fail = (why: string): void => {
        const error = new BeltError("PARTNER_UNREACHABLE", "The partner's node does not answer.", {
          at: url,
          cause: new Error(why),
        });
        end(() => reject(error));
      };
      const stop = (): void => fail("aborted");
      const cancel = time.after(timeout, () => fail("timeout"));
      signal.addEventListener("abort", stop, { once: true });

      const answered = (answer: Answer): void => {
        if (weather.cut(url, from) || random.chance(weather.loss)) return;
        time.after(delay(), () => {
          if (answer.status === 200) end(() => resolve(answer.body));
          else end(() => reject(errorOfAnswer(answer.status, json(answer.body), answer.retryAfter)));
        });
      };
      const arrive = (): void => {
        if (weather.cut(from, url) || random.chance(weather.loss)) return;
        time.after(delay(), () => this.#answer(url, route, answered, fail));
      };
      arrive();
      if (random.chance(weather.duplication)) arrive();
    });
  }

  /** The receiver's side. */
  #answer(
    url: string,
    route: Route,
    answered: (answer: Answer) => void,
    broken: (why: string) => void,
  ): void {
    const { process, face, babbles } = this.#parts.host(url);
    if (process === undefined || face === undefined || !process.alive) {
      broken("refused");
      return;
    }
    if (babbles) {
      answered(this.#babble());
      return;
    }
    const unwatch = process.onDeath(() => broken("reset"));
    route(face).then(
      (body) => {
        unwatch();
        if (!process.alive) return;
        if (body === undefined) answered(problem(new BeltError("NOT_FOUND", "It is not here.")));
        else {
          if (this.#old.length < 50) this.#old.push(body);
          answered({ status: 200, body });
        }
      },
      (error: unknown) => {
        unwatch();
        if (process.alive) answered(problem(error));
      },
    );
  }

  #babble(): Answer {
    const { random } = this.#parts;
    const page = Buffer.from("<html>It works!</html>");
    switch (random.int(0, 5)) {
      case 0:
        return { status: 200, body: page };
      case 1:
        return { status: 200, body: this.#old.length === 0 ? page : random.pick(this.#old) };
      case 2:
        return { status: 200, body: random.bytes(random.int(0, 300)) };
      case 3:
        return { status: random.pick([400, 401, 403, 404, 410, 413, 422]), body: page };
      case 4:
        return { status: 503, body: page, retryAfter: random.int(0, 60) };
      default:
        return { status: random.pick([500, 502, 504]), body: Buffer.from("{}") };
    }
  }
}

type Route = (face: Face) => Promise<Uint8Array | undefined>;

/** An error as it travels: the real problem document, and what the client makes of it. */
function problem(error: unknown): Answer {
  const { problem: document, headers } = problemAnswer(error);
  const after = headers["retry-after"];
  const body = Buffer.from(JSON.stringify(document));
  return { status: document.status, body, retryAfter: after === undefined ? undefined : Number(after) };
}

function json(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return undefined;
  }
}

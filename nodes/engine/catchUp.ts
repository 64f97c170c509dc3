import { BeltError } from "../../pipeline/errors.ts";
import {
  chainFrom,
  gapsBetween,
  placeKey,
  type Regained,
  type RegainedLog,
  regain,
} from "../../pipeline/receipt/index.ts";
import { keepRestored, type Restored, restoredOf, type Store } from "../store/index.ts";
import { asProblem } from "./problem.ts";
import { type Given, putBack } from "./puttingBack.ts";
import { ask, type Lacking, lacking, type QuestionParts, type Unfinished } from "./questions.ts";
import type { ReceiptLog } from "./receiptLog.ts";
import { isOfThePartner, pauseAfter, type RetryLimits } from "./retries.ts";
import type { Signals } from "./signals.ts";

/**
 * What a node does first when its store was restored from a backup. What it did since is missing, and must be done
 * neither again nor in another way: its partners have copies of the receipts that it gave. They are put back where they
 * stood, up to the anchored head at least; cases of which a receipt is known of and lost are not worked on again.
 */
export interface CatchUp {
  /** Why nothing is taken or worked on yet, if so. */
  obstacle(): BeltError | undefined;
  /**
   * Resolves once the log is whole; earlier only when the node stops.
   *
   * @param leads whether it is this process that puts it right; otherwise it waits until another one has
   */
  run(leads: boolean): Promise<void>;
}

export interface CatchUpParts extends QuestionParts {
  readonly store: Store;
  readonly signals: Signals;
  readonly log: ReceiptLog;
  /** A number from 0 up to, not including, 1: the jitter of retries. */
  readonly random: () => number;
}

/** Partners that are away, or lack something, are asked again after a second, and in the end once a minute. */
const limits: RetryLimits = { least: 1_000, most: 60_000 };
/**
 * Milliseconds that a node whose log is whole waits for partners that do not answer. They may know of receipts that
 * nobody else does; after that, the cases are left to their deadline.
 */
const patience = 15 * 60_000;

const placeOf = ({ booked: { sheet }, station }: Unfinished): string => `${sheet}/${station}`;
const questionOf = (each: Unfinished, member: string): string => `${placeOf(each)}/${member}`;

/** Opens it: what is to be said is said from the start. */
export async function openCatchUp(parts: CatchUpParts): Promise<CatchUp> {
  const { store, ledger, clock, random, self, signals, signal, log } = parts;
  const own = placeKey(self.secret);
  const restored = await restoredOf(store);
  const since = restored?.checked === false ? restored : undefined;
  const behind = (sentence: string): BeltError => {
    const of = since === undefined ? "an older time" : new Date(since.at).toISOString();
    return new BeltError("LOG_BEHIND", `This node was restored from a backup of ${of}. ${sentence}`, {
      retryAfter: 60,
    });
  };
  let problem = since && behind("Its partners are asked for the receipts that it gave since.");

  /** The receipts that are back, and the cases by sheet and station of which there is one, here or not. */
  const regained: RegainedLog = new Map();
  const known = new Map<string, Set<number>>();
  /** What became of asking each partner, in words; the questions that are answered in whole. */
  const words = new Map<string, string>();
  const answered = new Set<string>();

  function say(next: BeltError): void {
    const isNews = next.message !== problem?.message;
    problem = next;
    if (isNews) signals.emit("trouble", { what: "go on with the log of receipts", problem });
  }

  function learn(place: string, number: number): void {
    known.set(place, (known.get(place) ?? new Set()).add(number));
  }

  /** Asks a partner one question to its end; gives what there is to say of the answer. */
  async function askOne(each: Unfinished, member: string): Promise<string | undefined> {
    const place = placeOf(each);
    let word: string | undefined;
    for await (const given of ask(each, member, parts)) {
      for (const [number] of given.known) learn(place, number);
      for (const copies of given.copies) {
        if (!regain(regained, copies, own)) word = "gives receipts that this node did not write so";
      }
    }
    if (word === undefined) answered.add(questionOf(each, member));
    return word;
  }

  /** Asks a partner what it has not answered yet, until it is away. */
  async function askAll(member: string, questions: readonly Unfinished[]): Promise<void> {
    let word: string | undefined;
    for (const each of questions) {
      try {
        word = (await askOne(each, member)) ?? word;
      } catch (error) {
        const failed = asProblem(error);
        word = `${failed.code}: ${failed.message}`;
        if (signal.aborted || isOfThePartner(failed)) break;
      }
    }
    words.set(member, word ?? "has no more");
  }

  const askedInWords = (): string => {
    const all = [...words].map(([member, word]) => `${ledger.partner(member)?.url ?? member} (${word})`);
    return all.toSorted().join(", ") || "nobody";
  };

  /** The receipts that follow the log and lead to its anchored head; says what is wrong where they do not. */
  async function next({ of }: Restored): Promise<readonly Regained[] | undefined> {
    const head = ledger.anchored();
    const { size } = log.head();
    const chain = chainFrom(regained, size, of);
    if (head === undefined || head.size <= size) {
      await log.check();
      return chain;
    }
    if (size + chain.length >= head.size) {
      const { root } = log.regain(chain.slice(0, head.size - size).map(({ leaf }) => leaf)).head;
      if (root === head.root) return chain;
      say(
        behind(
          `What partners gave back is not the log of ${head.size} that is anchored. Asked: ${askedInWords()}.`,
        ),
      );
      return undefined;
    }
    const gaps = gapsBetween(regained, size, head.size, of).map(([first, last]) =>
      first === last ? `${first}` : `${first} to ${last}`,
    );
    say(
      behind(
        `Of its ${head.size} anchored receipts it lacks those at ${gaps.join(", ")}. Asked: ${askedInWords()}.`,
      ),
    );
    return undefined;
  }

  /** The stations that may still work, and of which not every partner has said what it has. */
  const silentAt = ({ found }: Lacking): readonly Unfinished[] =>
    found.filter(
      (each) => each.open() && each.partners.some((member) => !answered.has(questionOf(each, member))),
    );

  /** The cases of which a receipt was given, or of which nobody can say that none was. */
  function givenAt(all: Lacking): Given[] {
    const silent = new Set(silentAt(all));
    const found = all.found.map((each): Given => {
      const { sheet, count } = each.booked;
      const every = Array.from({ length: count }, (_, number) => number);
      const cases = silent.has(each) ? every : [...(known.get(placeOf(each)) ?? [])];
      return { sheet, station: each.station, count, cases };
    });
    const unread = all.unread.filter(({ open }) => open());
    return [
      ...found,
      ...unread.map(
        ({ booked: { sheet, count } }): Given => ({ sheet, station: undefined, count, cases: [] }),
      ),
    ];
  }

  /** Asks who has not answered; gives the receipts to be put back, once there is nothing more to wait for. */
  async function round(all: Lacking, from: Restored, waited: () => number): Promise<boolean> {
    const questions = new Map<string, Unfinished[]>();
    for (const each of all.found) {
      for (const member of each.partners) {
        if (answered.has(questionOf(each, member))) continue;
        questions.set(member, [...(questions.get(member) ?? []), each]);
      }
    }
    await Promise.all([...questions].map(([member, each]) => askAll(member, each)));
    for (const { booked, problem: why } of all.unread)
      words.set(booked.consumer, `${why.code}: ${why.message}`);
    const chain = await next(from);
    if (chain === undefined) {
      // Who lacked something may have it later, so everybody is asked again.
      answered.clear();
      return false;
    }
    const silent = [...silentAt(all), ...all.unread.filter(({ open }) => open())];
    if (silent.length > 0 && waited() < patience) {
      say(behind(`It waits for the word of all who may know what it did. Asked: ${askedInWords()}.`));
      return false;
    }
    const forgone = await putBack(chain, givenAt(all), { store, log });
    await store.batch([keepRestored({ ...from, checked: true })]);
    problem = undefined;
    signals.emit("caughtUp", { receipts: chain.length, forgone });
    return true;
  }

  /** Looks until the worker that leads has put it right. */
  async function anotherHas(): Promise<void> {
    while (!signal.aborted) {
      const now = await restoredOf(store).catch(() => since);
      if (now?.checked !== false) break;
      await clock.sleep(limits.least, signal);
    }
    await log.refresh();
    problem = undefined;
  }

  return {
    obstacle: () => problem,
    async run(leads) {
      if (since === undefined) return;
      if (!leads) {
        await anotherHas();
        return;
      }
      let wholeFrom: number | undefined;
      const waited = (): number => {
        wholeFrom ??= clock.now();
        return clock.now() - wholeFrom;
      };
      for (let failures = 1; !signal.aborted; failures++) {
        try {
          if (await round(await lacking(store, parts), since, waited)) return;
        } catch (error) {
          if (signal.aborted) return;
          say(asProblem(error));
        }
        const about = { code: "LOG_BEHIND", retryAfter: undefined } as const;
        await clock.sleep(pauseAfter(about, { failures, random: random(), limits }), signal);
      }
    },
  };
}

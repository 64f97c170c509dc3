import { BeltError } from "../../pipeline/errors.ts";
import { chainFrom, gapsBetween, placeKey, type RegainedLog, regain } from "../../pipeline/receipt/index.ts";
import { keepRestored, type Restored, restoredOf, type Store } from "../store/index.ts";
import type { Clock, LogHead } from "./ports.ts";
import { asProblem } from "./problem.ts";
import { type Given, putBack, type Whole } from "./puttingBack.ts";
import { ask, type Lacking, lacking, type QuestionParts, type Unfinished } from "./questions.ts";
import type { ReceiptLog } from "./receiptLog.ts";
import { isOfThePartner, pauseAfter, type RetryLimits } from "./retries.ts";
import type { Signals } from "./signals.ts";

/**
 * What a node does first when its store was restored from a backup. What it did since is missing, and must be done
 * neither again nor in another way: its partners have copies of the receipts that it gave. They are put back where they
 * stood, up to the anchored head at least; cases of which a receipt is known of and lost are not worked on again. What
 * nobody has a copy of stays lost, and the log goes on at its anchored head all the same: see `ReceiptLog.skipTo`.
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
 * nobody else does; after that, the cases are left to their deadline. As long, receipts that nobody has may still come.
 */
const patience = 15 * 60_000;
/** Milliseconds that it waits for who does not answer, and may have receipts that the log lacks: they are lost for good then. */
const longPatience = 24 * 3_600_000;

const giving =
  "What nobody has after a quarter of an hour, or a day where somebody does not answer, is given up.";

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

  /**
   * Whether the ledger has all that the lost machine did there: a head of it that came later would contradict whatever is
   * appended from now on.
   */
  async function isSettled(): Promise<boolean> {
    const foreign = await ledger.foreign();
    if (foreign === 0 && (await ledger.look(signal))) return true;
    const late = `Transactions of its account are on their way (${foreign}) that a lost machine sent: they are waited for.`;
    say(behind(foreign > 0 ? late : "The ledger does not answer."));
    return false;
  }

  /** What follows the log and leads to its anchored head; says what is wrong where nothing does. */
  async function next(all: Lacking, { of }: Restored, lacked: () => number): Promise<Whole | undefined> {
    const head = ledger.anchored();
    const { size } = log.head();
    const chain = chainFrom(regained, size, of);
    if (head === undefined || head.size <= size) {
      await log.check();
      return { chain };
    }
    if (size + chain.length >= head.size) {
      const { root } = log.regain(chain.slice(0, head.size - size).map(({ leaf }) => leaf)).head;
      if (root === head.root) return { chain };
      say(
        behind(
          `What partners gave back is not the log of ${head.size} that is anchored. Asked: ${askedInWords()}.`,
        ),
      );
      return undefined;
    }
    const past = lacked() < (haveAllSaid(all) ? patience : longPatience) ? undefined : await beyond(head, of);
    if (past !== undefined) return past;
    const gaps = gapsBetween(regained, size, head.size, of).map(([first, last]) =>
      first === last ? `${first}` : `${first} to ${last}`,
    );
    say(
      behind(
        `Of its ${head.size} anchored receipts it lacks those at ${gaps.join(", ")}. Asked: ${askedInWords()}. ${giving}`,
      ),
    );
    return undefined;
  }

  /** What follows the anchored head where receipts before it are lost; undefined when it came without its frontier. */
  async function beyond(head: LogHead, of: number): Promise<Whole | undefined> {
    const frontier = await ledger.frontier();
    const skip = frontier && log.skipTo(head, frontier);
    if (skip === undefined) return undefined;
    const { size } = log.head();
    const before = [...regained].flatMap(([position, entry]) =>
      position >= size && position < head.size ? [entry] : [],
    );
    const by = before.reduce((latest, { copy }) => Math.max(latest, copy), of);
    const lost = head.size - size - before.length;
    return { chain: chainFrom(regained, head.size, by), gap: { skip, before, lost } };
  }

  const haveAllSaid = ({ found, unread }: Lacking): boolean =>
    unread.length === 0 &&
    found.every((each) => each.partners.every((member) => answered.has(questionOf(each, member))));

  /** The stations that may still work, and of which not every partner has said what it has. */
  const silentAt = ({ found }: Lacking): readonly Unfinished[] =>
    found.filter(
      (each) => each.open() && each.partners.some((member) => !answered.has(questionOf(each, member))),
    );

  /** The cases of which a receipt was given, or of which nobody can say that none was. A report is of all of them. */
  function givenAt(all: Lacking): Given[] {
    const silent = new Set(silentAt(all));
    const found = all.found.map((each): Given => {
      const { sheet, count } = each.booked;
      const every = Array.from({ length: count }, (_, number) => number);
      const reported = each.reported();
      const cases = reported || silent.has(each) ? every : [...(known.get(placeOf(each)) ?? [])];
      return { sheet, station: each.station, reported, count, cases };
    });
    const unread = all.unread.filter(({ open }) => open());
    return [
      ...found,
      ...unread.map(
        ({ booked: { sheet, count } }): Given => ({
          sheet,
          station: undefined,
          reported: false,
          count,
          cases: [],
        }),
      ),
    ];
  }

  /** Asks who has not answered; gives the receipts to be put back, once there is nothing more to wait for. */
  async function round(
    all: Lacking,
    from: Restored,
    { waited, lacked }: { readonly waited: () => number; readonly lacked: () => number },
  ): Promise<boolean> {
    if (!(await isSettled())) return false;
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
    const whole = await next(all, from, lacked);
    if (whole === undefined) {
      // Who lacked something may have it later, so everybody is asked again.
      answered.clear();
      return false;
    }
    const silent = [...silentAt(all), ...all.unread.filter(({ open }) => open())];
    if (silent.length > 0 && waited() < patience) {
      say(behind(`It waits for the word of all who may know what it did. Asked: ${askedInWords()}.`));
      return false;
    }
    const forgone = await putBack(whole, givenAt(all), { store, log });
    await store.batch([keepRestored({ ...from, checked: true })]);
    problem = undefined;
    const { chain, gap } = whole;
    const receipts = chain.length + (gap?.before.length ?? 0);
    signals.emit("caughtUp", { receipts, lost: gap?.lost ?? 0, forgone });
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
      const waits = { waited: stopwatch(clock), lacked: stopwatch(clock) };
      for (let failures = 1; !signal.aborted; failures++) {
        try {
          if (await round(await lacking(store, parts), since, waits)) return;
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

/** Gives the milliseconds since it was asked first. */
function stopwatch(clock: Clock): () => number {
  let from: number | undefined;
  return () => {
    from ??= clock.now();
    return clock.now() - from;
  };
}

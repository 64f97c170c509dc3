import { canonical, type JsonObject } from "../../pipeline/json.ts";
import type { Output } from "./stations.ts";

/**
 * What happened at the stations' own side, which no node keeps: every input that a processor saw, every answer that
 * it gave. Cases are named as processors know them: SHEET/STATION/CASE.
 */
export class Journal {
  /** The inputs that were worked on, each in its canonical form. */
  readonly inputs = new Map<string, Set<string>>();
  /** What was answered where the answer does not follow from the input. */
  readonly answers = new Map<string, Set<number>>();
  /** The answers of people whose task was acknowledged as completed. */
  readonly completed = new Map<string, number>();
  /** Cases that hung their station until it was corrected: from then on it may be done. */
  readonly corrected = new Set<string>();
  /** Cases that an operator rejected, and that the node said were failed. */
  readonly rejected = new Set<string>();
  /** What stations were told that cannot be. */
  readonly defects: string[] = [];
  #next = 0;

  worked(key: string, input: JsonObject): void {
    add(this.inputs, key, canonical(input));
  }

  /** An answer that was never given before. */
  roll(key: string): number {
    const answer = ++this.#next;
    add(this.answers, key, answer);
    return answer;
  }

  /** What people decided and answered is lost with their node's machine, and may be given again. */
  forget(isLost: (place: { readonly sheet: string; readonly station: string }) => boolean): void {
    for (const known of [this.completed, this.rejected]) {
      for (const key of known.keys()) {
        const [sheet = "", station = ""] = key.split("/");
        if (isLost({ sheet, station })) known.delete(key);
      }
    }
  }

  /** What a person answers to a task. */
  answerOf(key: string): Output {
    const y = this.roll(key);
    return { x: y % 10, y };
  }

  /**
   * A wait that began at a time, as the station was told when it was asked again; `kept` is when it began by the
   * node's disk.
   */
  napping(key: string, since: number, kept: number | undefined): void {
    if (since !== kept) this.defects.push(`the wait of ${key} began at ${since}, by the disk at ${kept}`);
  }
}

function add<T>(to: Map<string, Set<T>>, key: string, value: T): void {
  const known = to.get(key);
  if (known === undefined) to.set(key, new Set([value]));
  else known.add(value);
}

/** A step of an automaton: takes a character, goes on at other steps, asserts an end of the text, or matches. */
export type Step =
  | { readonly do: "take"; readonly accepts: (character: string) => boolean }
  | { readonly do: "go"; readonly to: readonly number[] }
  | { readonly do: "start" | "end" | "match" };

/** The steps that matching may still take; shared by all the patterns that are asked about one value. */
export interface Budget {
  left: number;
}

/** What {@link StepMatcher} throws when a budget is used up. */
export class BudgetExhausted extends Error {
  override readonly name = "BudgetExhausted";
}

/**
 * Runs all paths of an automaton side by side, each step at most once a character, so that the time is bounded by
 * the text's length times the number of steps.
 */
export class StepMatcher {
  readonly #steps: readonly Step[];
  /** The round in which a step was last reached: no step is entered twice in one. */
  readonly #reached: Uint32Array;
  /** Steps that wait for a character, and steps still to follow; filled anew for every character. */
  readonly #waiting: Int32Array;
  readonly #next: Int32Array;
  readonly #todo: number[] = [];
  #round = 0;
  #waits = 0;
  #entered = 0;

  constructor(steps: readonly Step[]) {
    this.#steps = steps;
    this.#reached = new Uint32Array(steps.length);
    this.#waiting = new Int32Array(steps.length);
    this.#next = new Int32Array(steps.length);
  }

  /**
   * Whether the automaton matches anywhere in the text.
   *
   * @throws {BudgetExhausted} when the budget does not suffice; it is then below zero
   */
  test(text: string, budget: Budget = { left: Number.POSITIVE_INFINITY }): boolean {
    let count = 0;
    for (let at = 0; ; ) {
      const code = text.codePointAt(at);
      this.#begin();
      const atEnd = code === undefined;
      for (let index = 0; index < count; index++) {
        if (this.#enter(this.#next[index] ?? 0, at === 0, atEnd)) return true;
      }
      // A match may begin at every character.
      if (this.#enter(0, at === 0, atEnd)) return true;
      if (atEnd) return false;
      budget.left -= this.#entered;
      if (budget.left < 0) throw new BudgetExhausted();
      const character = String.fromCodePoint(code);
      count = this.#take(character);
      at += character.length;
    }
  }

  #begin(): void {
    this.#waits = 0;
    this.#entered = 0;
    if (++this.#round < 0xffffffff) return;
    this.#reached.fill(0);
    this.#round = 1;
  }

  /** Follows a step as far as it goes without taking a character; true when that is a match. */
  #enter(first: number, atStart: boolean, atEnd: boolean): boolean {
    const todo = this.#todo;
    todo.length = 0;
    for (let index: number | undefined = first; index !== undefined; index = todo.pop()) {
      if (this.#reached[index] === this.#round) continue;
      this.#reached[index] = this.#round;
      this.#entered++;
      const step = this.#steps[index];
      switch (step?.do) {
        case "match":
          return true;
        case "take":
          this.#waiting[this.#waits++] = index;
          break;
        case "go":
          for (const to of step.to) todo.push(to);
          break;
        case "start":
          if (atStart) todo.push(index + 1);
          break;
        case "end":
          if (atEnd) todo.push(index + 1);
      }
    }
    return false;
  }

  /** The steps after those that accept the character; gives their number. */
  #take(character: string): number {
    let count = 0;
    for (let wait = 0; wait < this.#waits; wait++) {
      const index = this.#waiting[wait] ?? 0;
      const step = this.#steps[index];
      if (step?.do === "take" && step.accepts(character)) this.#next[count++] = index + 1;
    }
    return count;
  }
}

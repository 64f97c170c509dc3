/** A step of an automaton: takes a character, goes on at other steps, asserts an end of the text, or matches. */
export type Step =
  | { readonly do: "take"; readonly accepts: (character: string) => boolean }
  | { readonly do: "go"; readonly to: readonly number[] }
  | { readonly do: "start" | "end" | "match" };

/**
 * Runs all paths of an automaton side by side, each step at most once a character, so that the time is bounded by
 * the text's length times the number of steps.
 */
export class StepMatcher {
  readonly #steps: readonly Step[];
  /** The round in which a step was last reached: no step is entered twice in one. */
  readonly #reached: Uint32Array;
  #round = 0;

  constructor(steps: readonly Step[]) {
    this.#steps = steps;
    this.#reached = new Uint32Array(steps.length);
  }

  /** Whether the automaton matches anywhere in the text. */
  test(text: string): boolean {
    if (this.#round > 0x7fffffff) this.#forget();
    let now: number[] = [];
    let at = 0;
    for (;;) {
      const character = text.codePointAt(at);
      const atEnd = character === undefined;
      const taken = atEnd ? "" : String.fromCodePoint(character);
      // A match may begin at every character.
      this.#round++;
      const waiting: number[] = [];
      for (const step of now) if (this.#enter(step, at === 0, atEnd, waiting)) return true;
      if (this.#enter(0, at === 0, atEnd, waiting)) return true;
      if (atEnd) return false;
      now = [];
      for (const index of waiting) {
        const step = this.#steps[index];
        if (step?.do === "take" && step.accepts(taken)) now.push(index + 1);
      }
      at += taken.length;
    }
  }

  /** Follows a step as far as it goes without taking a character; true when that is a match. */
  #enter(first: number, atStart: boolean, atEnd: boolean, waiting: number[]): boolean {
    const todo = [first];
    for (let index = todo.pop(); index !== undefined; index = todo.pop()) {
      if (this.#reached[index] === this.#round) continue;
      this.#reached[index] = this.#round;
      const step = this.#steps[index];
      switch (step?.do) {
        case "match":
          return true;
        case "take":
          waiting.push(index);
          break;
        case "go":
          todo.push(...step.to);
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

  #forget(): void {
    this.#reached.fill(0);
    this.#round = 0;
  }
}

import { type Budget, BudgetExhausted, type Step, StepMatcher } from "./matcher.ts";

/** Anything that says whether it matches within a text. */
export interface Pattern {
  /** @throws {BudgetExhausted} */
  test(text: string, budget?: Budget): boolean;
}

/** How long a pattern may be, and how many steps its expansion may take. */
const longest = 256;
const mostSteps = 1_000;

/** Says what of a pattern is not allowed, in a few words. */
export class PatternRefused extends Error {
  override readonly name = "PatternRefused";
}

/**
 * Compiles a regular expression of JSON Schema (ECMA-262 with the `u` flag) to an automaton.
 *
 * The engine's own matcher backtracks, so a short hostile pattern can keep it busy for centuries. This one takes
 * time proportional to the text's length times the pattern's size, whatever the pattern. The price is what no
 * automaton can do in that time: references back to a group; and look-around and word boundaries, which the patterns
 * of data do not need. The meaning of everything else is the engine's: it checks the syntax, and single characters
 * and classes are asked of it.
 *
 * @throws {PatternRefused}
 */
export function compilePattern(source: string): Pattern {
  if (source.length > longest) throw new PatternRefused(`it is longer than ${longest} characters`);
  if (!isSyntax(source))
    throw new PatternRefused("it is not a regular expression of ECMA-262 with the u flag");
  const steps: Step[] = [];
  const tree = new Parser(source).parse();
  new Emitter(steps).emit(tree);
  steps.push({ do: "match" });
  return isLinear(tree) ? enginesOwn(source) : new StepMatcher(steps);
}

/**
 * Whether backtracking takes no more steps than the text and the pattern are long together: it has to match at the text's
 * start, has no alternatives, and repeats nothing but single characters, as often as it likes only what comes last.
 */
function isLinear(tree: Node): boolean {
  const [first, ...rest] = tree.is === "all" ? tree.of : [];
  if (first?.is !== "start") return false;
  return rest.every(
    (node, place) =>
      node.is === "one" ||
      node.is === "end" ||
      (node.is === "repeat" &&
        node.of.is === "one" &&
        (node.least === node.most || rest.slice(place + 1).every((after) => after.is === "end"))),
  );
}

/** The engine's own matcher, several times as fast as ours. */
function enginesOwn(source: string): Pattern {
  const expression = new RegExp(source, "u");
  return {
    test(text, budget) {
      if (budget !== undefined) {
        budget.left -= text.length;
        if (budget.left < 0) throw new BudgetExhausted();
      }
      return expression.test(text);
    },
  };
}

function isSyntax(source: string): boolean {
  try {
    return new RegExp(source, "u").unicode;
  } catch {
    return false;
  }
}

type Node =
  | { readonly is: "one"; readonly accepts: (character: string) => boolean }
  | { readonly is: "start" | "end" }
  | { readonly is: "all" | "any"; readonly of: readonly Node[] }
  | { readonly is: "repeat"; readonly of: Node; readonly least: number; readonly most: number };

const quantifier = /(?:([*+?])|\{([0-9]+)(,?)([0-9]*)\})\??/y;
/** What stands for one character: a class, an escape, or any character that is no syntax. */
const single =
  /\[(?:[^\]\\]|\\.)*\]|\\(?:[pP]\{[^}]*\}|u\{[0-9a-fA-F]+\}|(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|c[a-zA-Z]|.)|[^\\()|[\]{}*+?^$]/suy;

/** Reads a pattern whose syntax the engine has found correct. */
class Parser {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  parse(): Node {
    return this.#alternatives();
  }

  #alternatives(): Node {
    const of = [this.#sequence()];
    while (this.#skip("|")) of.push(this.#sequence());
    return of.length === 1 && of[0] !== undefined ? of[0] : { is: "any", of };
  }

  #sequence(): Node {
    const of: Node[] = [];
    for (;;) {
      const next = this.#source[this.#at];
      if (next === undefined || next === "|" || next === ")") return { is: "all", of };
      of.push(this.#term());
    }
  }

  #term(): Node {
    if (this.#skip("^")) return { is: "start" };
    if (this.#skip("$")) return { is: "end" };
    const atom = this.#skip("(") ? this.#group() : this.#one();
    const found = this.#take(quantifier);
    if (found === undefined) return atom;
    const [, sign, least, comma, most] = found;
    if (sign !== undefined) {
      return { is: "repeat", of: atom, least: sign === "+" ? 1 : 0, most: sign === "?" ? 1 : Infinity };
    }
    const from = Number(least);
    return {
      is: "repeat",
      of: atom,
      least: from,
      most: comma === "" ? from : most === "" ? Infinity : Number(most),
    };
  }

  #group(): Node {
    if (this.#skip("?") && !this.#skip(":") && this.#take(/<[^=!>][^>]*>/y) === undefined) {
      throw new PatternRefused("it looks around or changes its flags");
    }
    const inner = this.#alternatives();
    this.#skip(")");
    return inner;
  }

  #one(): Node {
    const text = this.#take(single)?.[0];
    if (text === undefined) throw new PatternRefused("a part of it is not known");
    if (/^\\[1-9k]/.test(text)) throw new PatternRefused("it refers back to a group");
    if (/^\\[bB]/.test(text)) throw new PatternRefused("it asks for word boundaries");
    return { is: "one", accepts: acceptor(text) };
  }

  #skip(sign: string): boolean {
    if (this.#source[this.#at] !== sign) return false;
    this.#at++;
    return true;
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#source);
    if (found === null) return undefined;
    this.#at += found[0].length;
    return found;
  }
}

/** Whether one character is accepted, asked of the engine; for ASCII asked once, ahead. */
function acceptor(text: string): (character: string) => boolean {
  const expression = new RegExp(`^${text}$`, "u");
  const ascii = Array.from({ length: 128 }, (_, code) => expression.test(String.fromCharCode(code)));
  return (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 128 ? ascii[code] === true : expression.test(character);
  };
}

/** Writes the steps of an automaton (K. Thompson, 1968); counted repetitions are written out. */
class Emitter {
  readonly #steps: Step[];
  #work = 0;

  constructor(steps: Step[]) {
    this.#steps = steps;
  }

  emit(node: Node): void {
    // Counted as well where nothing is written: an empty group repeated many times over takes its time too.
    if (++this.#work > mostSteps) throw new PatternRefused("its repetitions make it too large");
    switch (node.is) {
      case "one":
        this.#steps.push({ do: "take", accepts: node.accepts });
        return;
      case "start":
      case "end":
        this.#steps.push({ do: node.is });
        return;
      case "all":
        for (const part of node.of) this.emit(part);
        return;
      case "any":
        this.#any(node.of);
        return;
      case "repeat":
        this.#repeat(node.of, node.least, node.most);
    }
  }

  #any(parts: readonly Node[]): void {
    const split: { do: "go"; to: number[] } = { do: "go", to: [] };
    const ends: number[][] = [];
    this.#steps.push(split);
    for (const part of parts) {
      split.to.push(this.#steps.length);
      this.emit(part);
      const to: number[] = [];
      ends.push(to);
      this.#steps.push({ do: "go", to });
    }
    for (const to of ends) to.push(this.#steps.length);
  }

  #repeat(node: Node, least: number, most: number): void {
    for (let count = 0; count < least; count++) this.emit(node);
    if (most === Number.POSITIVE_INFINITY) {
      const split: { do: "go"; to: number[] } = { do: "go", to: [this.#steps.length + 1] };
      const back = this.#steps.length;
      this.#steps.push(split);
      this.emit(node);
      this.#steps.push({ do: "go", to: [back] });
      split.to.push(this.#steps.length);
      return;
    }
    const exits: number[][] = [];
    for (let count = least; count < most; count++) {
      const to = [this.#steps.length + 1];
      exits.push(to);
      this.#steps.push({ do: "go", to });
      this.emit(node);
    }
    for (const to of exits) to.push(this.#steps.length);
  }
}

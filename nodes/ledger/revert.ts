import type { Interface } from "ethers";
import { BeltError } from "../../pipeline/errors.ts";
import { interfaces } from "./contracts.ts";
import { type Refusal, type Revert, refusalOf } from "./refusals/index.ts";
import { inWords, type NameOf } from "./words.ts";

export type { Revert } from "./refusals/index.ts";

export interface RevertContext {
  /** Why, in the words of the ledger's node, or of whoever found out; used when the contract gave no error. */
  readonly words?: string | undefined;
  /** What accounts are called. */
  readonly nameOf?: NameOf;
  readonly cause?: unknown;
}

/** The ledger refused a transaction; the code is that of the contract's custom error (see `refusals/`). */
export class LedgerRevert extends BeltError {
  readonly revert: Revert;

  /** @param what - what the transaction was to do, to follow "refuses to", such as "book" */
  constructor(what: string, revert: Revert, { words, nameOf = () => undefined, cause }: RevertContext = {}) {
    const { code, says, remedy } = refusalOf(revert) ?? withoutWords(revert, words);
    super(code, `The ledger refuses to ${what}: ${inWords(says, revert.parameters, nameOf)}.`, {
      ...(remedy === undefined ? {} : { remedy }),
      cause,
    });
    this.revert = revert;
  }
}

const unknown: Revert = { error: "", parameters: {} };

/** Decodes what a contract reverted with, by the custom errors of all contracts. */
export function decodeRevert(data: string | undefined): Revert {
  if (data === undefined || data.length < 10) return unknown;
  for (const known of Object.values<Interface>(interfaces)) {
    const revert = parse(known, data);
    if (revert) return revert;
  }
  return { error: "", parameters: { data } };
}

function parse(known: Interface, data: string): Revert | undefined {
  try {
    const found = known.parseError(data);
    if (!found) return undefined;
    const values = found.args.toArray();
    const parameters = found.fragment.inputs.map((input, place) => [
      input.name || String(place),
      input.type === "address" ? String(values[place]).toLowerCase() : String(values[place]),
    ]);
    return { error: found.name, parameters: Object.fromEntries(parameters) };
  } catch {
    // The first four bytes are a known error's, the rest does not fit it.
    return undefined;
  }
}

/** What to say of an error that is not known, or when there is none. */
function withoutWords({ parameters: { data } }: Revert, words: string | undefined): Refusal {
  if (data !== undefined) {
    return {
      code: "LEDGER_REVERTED",
      says: `a contract gives the error ${data.slice(0, 10)}, which this version does not know`,
      remedy: "The contracts may be newer than this node: update it. Nothing was changed on the ledger.",
    };
  }
  const says = reasonIn(words) ?? "a contract does not say why";
  return { code: "LEDGER_REVERTED", says: says.replaceAll(/[{}]/g, "") };
}

/** What a node adds to saying that a call was reverted; undefined when that is all it says. */
function reasonIn(words = ""): string | undefined {
  const said = words.replace(
    /^.*\b(?:revert(?:ed)?|VM exception)\b(?: with (?:reason string|custom error))?/is,
    "",
  );
  return (
    said
      .replace(/^[\s:"']+/, "")
      .replace(/[\s"'.]+$/, "")
      .slice(0, 200) || undefined
  );
}

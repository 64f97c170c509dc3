import type { Interface } from "ethers";
import { BeltError } from "../../pipeline/errors.ts";
import { interfaces } from "./contracts.ts";

/** A contract's custom error: its name, and its parameters as texts (numbers in decimal, addresses in lower case). */
export interface Revert {
  /** Empty when the contract gave no error, or one that this version does not know. */
  readonly error: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** The ledger refused a transaction. */
export class LedgerRevert extends BeltError {
  readonly revert: Revert;

  constructor(
    what: string,
    revert: Revert,
    context: { readonly words?: string; readonly cause?: unknown } = {},
  ) {
    super("LEDGER_REVERTED", sentence(what, revert, context.words), { cause: context.cause });
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

function sentence(what: string, { error, parameters }: Revert, words: string | undefined): string {
  if (error === "") return `The ledger refuses to ${what}${words ? `: ${words}` : ", without saying why"}.`;
  const list = Object.entries(parameters).map(([name, value]) => `${name} ${value}`);
  return `The ledger refuses to ${what}: ${error}${list.length > 0 ? ` (${list.join(", ")})` : ""}.`;
}

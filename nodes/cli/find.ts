import { BeltError } from "../../pipeline/errors.ts";
import { short } from "./output.ts";

/** Something that a command can be told by its id, a beginning of it, or a name. */
export interface Named {
  readonly id: string;
  readonly names: readonly string[];
}

/**
 * The one thing that is meant: a whole id is taken as it is, a beginning of an id or a name must fit just one.
 *
 * @param what - what it is called, such as `sheet`
 * @throws {BeltError} `NOT_FOUND`; `USAGE_INVALID` when several fit
 */
export async function find(
  given: string,
  what: string,
  list: () => Promise<readonly Named[]>,
): Promise<string> {
  if (/^0x[0-9a-f]{64}$/.test(given)) return given;
  const begins = /^0x[0-9a-f]{4,63}$/.test(given);
  const fitting = (await list()).filter(
    ({ id, names }) => names.includes(given) || (begins && id.startsWith(given)),
  );
  const [found, ...others] = fitting;
  if (found === undefined) throw new BeltError("NOT_FOUND", `There is no ${what} ${given}.`);
  if (others.length > 0) {
    const ids = fitting.slice(0, 4).map(({ id }) => short(id));
    const more = fitting.length > 4 ? " and others" : "";
    throw new BeltError("USAGE_INVALID", `${given} may be any of ${ids.join(", ")}${more}; use the id.`);
  }
  return found.id;
}

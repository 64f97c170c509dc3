import { type Plan, parseBelt, parseJson, planBelt } from "../../pipeline/belt/index.ts";
import { type Digest, derive, type RandomBytes } from "../../pipeline/bytes.ts";
import { compileSchema, fieldAt, type Validator } from "../../pipeline/case/index.ts";
import { commit, type Sealed } from "../../pipeline/disclosure/index.ts";
import { BeltError } from "../../pipeline/errors.ts";
import type { Hash } from "../../pipeline/index/index.ts";
import { inOrder, type JsonObject, takesAtMost } from "../../pipeline/json.ts";
import { manifestRoot, mostCases } from "../../pipeline/log/index.ts";
import { mostItemBytes } from "../../pipeline/tray/index.ts";
import type { Change } from "../store/index.ts";
import type { OwnSheet } from "./caseStore.ts";
import type { Documents } from "./documents.ts";
import type { Clock, Ledger } from "./ports.ts";
import { Recent } from "./recent.ts";

/** What a consumer wants to have booked. */
export interface BookingRequest {
  /** The belt's hash. */
  readonly belt: Hash;
  readonly cases: readonly JsonObject[];
  /** Seconds since 1970. */
  readonly deadline: number;
  readonly maxCost: bigint;
  /** What is kept with the sheet, in the same write. */
  readonly alongside?: (own: OwnSheet) => Change;
}

/** A sheet as it is to be kept and booked: the cases, each with its key, sealed and committed to, in their order. */
export interface PreparedSheet {
  readonly own: OwnSheet;
  readonly values: readonly JsonObject[];
  readonly keys: readonly Uint8Array[];
  readonly sealed: readonly Sealed[];
  readonly commitments: readonly Digest[];
}

export interface PreparationParts {
  readonly documents: Documents;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly signal: AbortSignal;
}

/** A belt as booking takes it: compiling its schema takes longer than sealing many cases. */
interface Bookable {
  readonly plan: Plan;
  readonly cases: Validator;
}

const mostBelts = 64;

/**
 * Gives what checks a request against its belt and seals its cases; nothing is kept or booked. It throws `CASE_INVALID`
 * with the place, such as `/cases/3/loan`.
 */
export function createPrepare({
  documents,
  ledger,
  clock,
  random,
  signal,
}: PreparationParts): (request: BookingRequest) => Promise<PreparedSheet> {
  const belts = new Recent<Promise<Bookable>>(mostBelts);

  async function belt(id: Hash): Promise<Bookable> {
    const bytes = await documents.fetch(id, [], signal);
    const document = parseBelt(parseJson(Buffer.from(bytes).toString("utf8"), { at: id }));
    return { plan: planBelt(document), cases: compileSchema(document.case, { at: "case" }) };
  }

  return async (request) => {
    const { plan, cases: schema } = await Recent.remember(belts, request.belt, () => belt(request.belt));
    requireValid(schema, request.cases);
    const values = request.cases.map(inOrder);
    const keys = values.map(() => random(32));
    const sealed = values.map((value, i) => sealCase(plan, value, keyAt(keys, i)));
    const commitments = sealed.map(({ commitment }) => commitment);
    const root = manifestRoot(commitments);
    const own: OwnSheet = {
      sheet: await ledger.sheetId(root, signal),
      belt: request.belt,
      root,
      count: request.cases.length,
      deadline: request.deadline,
      maxCost: request.maxCost.toString(),
      handedIn: clock.now(),
      left: null,
    };
    return { own, values, keys, sealed, commitments };
  };
}

/** Salts and commits to the fields of a case; the salts come from the case's own key. */
export function sealCase(plan: Plan, value: JsonObject, key: Uint8Array): Sealed {
  const secret = derive(key, "salts");
  return commit(secret, new Map(plan.fieldsOf("case").map((pointer) => [pointer, fieldAt(value, pointer)])));
}

function keyAt(keys: readonly Uint8Array[], i: number): Uint8Array {
  const key = keys[i];
  if (key === undefined) throw new RangeError("Every case has a key.");
  return key;
}

function requireValid(schema: Validator, cases: readonly JsonObject[]): void {
  if (cases.length < 1 || cases.length > mostCases) {
    throw new BeltError("CASE_INVALID", `A sheet has 1 to ${mostCases} cases, not ${cases.length}.`);
  }
  for (const [number, value] of cases.entries()) {
    const at = `/cases/${number}`;
    if (!takesAtMost(value, mostItemBytes)) {
      throw new BeltError("CASE_INVALID", `The case takes more than ${mostItemBytes} bytes.`, { at });
    }
    const result = schema.validate(value);
    if (result.valid) continue;
    const [error] = result.errors;
    const words = error?.message ?? "does not fit the belt's schema";
    throw new BeltError("CASE_INVALID", `A value of the case ${words}.`, { at: `${at}${error?.at ?? ""}` });
  }
}

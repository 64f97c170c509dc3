import { compileSchema, formatPointer } from "../case/index.ts";
import { BeltError } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import { compileCondition } from "./condition.ts";
import { uncovered } from "./coverage.ts";
import type { BeltDocument, OfferDocument } from "./document.ts";
import { errorOf, type Finding, type Report } from "./finding.ts";
import { fits } from "./fit.ts";
import { findPlan, type Need, type Plan, type PlannedStation } from "./plan.ts";
import { needAt, resultAt } from "./planCheck.ts";
import { type Schema, schemaAt } from "./schemaAt.ts";
import { takes, typesOf } from "./types.ts";

/** An offer as the ledger has it, with its document. */
export interface OfferTerms {
  readonly document: OfferDocument;
  /** In the currency's smallest unit, for one case. */
  readonly price: bigint;
  /** How long the station may take for a case. */
  readonly deadlineSeconds: number;
  /** Cases in a sheet at most. */
  readonly capacity: number;
  /** On the ledger, not withdrawn, and not past its validity. */
  readonly live: boolean;
  readonly member: string;
}

/** What checking a whole belt gives. */
export interface BeltCheck {
  /** Undefined when the routing itself has findings. */
  readonly plan: Plan | undefined;
  /** The sum of the prices of its offers, as far as they are known. */
  readonly pricePerCase: bigint;
  /** The sum of the deadlines along the longest way through the belt. */
  readonly deadlineSeconds: number;
  /** Cases in a sheet at most: the smallest capacity of its offers. */
  readonly capacity: number;
  readonly findings: readonly Finding[];
}

/** A belt without findings. */
export interface CheckedBelt extends BeltCheck {
  readonly plan: Plan;
}

/**
 * Checks a belt as a whole against its offers, as when it is published: its routing; schemas that can be compiled;
 * every field that is needed is described where it comes from and where it goes, and fits there; every field that
 * a station requires is filled; conditions compile; offers are live. All findings are collected, each with its code
 * and its place in the document.
 *
 * @param offers by their ids on the ledger
 */
export function checkBelt(document: BeltDocument, offers: ReadonlyMap<string, OfferTerms>): BeltCheck {
  const findings: Finding[] = [];
  const report: Report = (code, at, message) => findings.push({ code, at, message });
  const plan = findPlan(document, report);
  const isSound = findings.length === 0;
  const schemas = readSchemas(document, plan, offers, report);
  for (const station of plan.stations) checkStation(station, schemas, report);
  for (const need of plan.result) checkSource(need, resultAt(need.target), schemas, report);

  const terms = plan.stations.flatMap(({ offer }) => offers.get(offer) ?? []);
  return {
    plan: isSound ? plan : undefined,
    pricePerCase: terms.reduce((sum, { price }) => sum + price, 0n),
    deadlineSeconds: isSound ? longestWay(plan, offers) : 0,
    capacity: terms.length === 0 ? 0 : Math.min(...terms.map(({ capacity }) => capacity)),
    findings,
  };
}

/**
 * The same, for those who go on only with a belt that has no findings.
 *
 * @throws {BeltError} the first finding; its message says how many more there are
 */
export function requireBelt(document: BeltDocument, offers: ReadonlyMap<string, OfferTerms>): CheckedBelt {
  const check = checkBelt(document, offers);
  const error = errorOf(check.findings);
  if (error !== undefined) throw error;
  const { plan } = check;
  if (plan === undefined) throw new BeltError("INTERNAL", "A belt without findings has no plan.");
  return { ...check, plan };
}

/** The schemas of a belt that can be compiled, by source; those that cannot are not looked into any further. */
interface Schemas {
  /** What a source gives: the case, or a station's output. */
  readonly given: ReadonlyMap<string, JsonObject>;
  /** What a station takes. */
  readonly taken: ReadonlyMap<string, JsonObject>;
}

function readSchemas(
  document: BeltDocument,
  plan: Plan,
  offers: ReadonlyMap<string, OfferTerms>,
  report: Report,
): Schemas {
  const given = new Map<string, JsonObject>();
  const taken = new Map<string, JsonObject>();
  const caseFault = faultOf(document.case);
  if (caseFault === undefined) given.set("case", document.case);
  else report("SCHEMA_REFUSED", `/case${caseFault.at}`, caseFault.message);
  for (const { name, offer } of plan.stations) {
    const at = formatPointer(["stations", name, "offer"]);
    const terms = offers.get(offer);
    if (terms === undefined || !terms.live) {
      const what =
        terms === undefined
          ? "is not on the ledger"
          : "is withdrawn, past its validity, or of a member that is not active";
      report("BELT_OFFER_UNAVAILABLE", at, `The offer of station ${name} ${what}.`);
    }
    if (terms === undefined) continue;
    const { input, output } = terms.document;
    for (const [what, schema, into] of [
      ["input", input, taken],
      ["output", output, given],
    ] as const) {
      const fault = faultOf(schema);
      if (fault === undefined) into.set(name, schema);
      else
        report(
          "SCHEMA_REFUSED",
          at,
          `The ${what} schema of the offer, at ${fault.at || "/"}: ${fault.message}`,
        );
    }
  }
  return { given, taken };
}

/** Why a schema cannot be that of a case, an input or an output. */
function faultOf(schema: JsonObject): { readonly at: string; readonly message: string } | undefined {
  try {
    compileSchema(schema);
  } catch (error) {
    if (!(error instanceof BeltError)) throw error;
    return { at: error.at ?? "", message: error.message };
  }
  const types = typesOf(schema);
  const takesObjects = types === undefined || takes(types, "object");
  return takesObjects ? undefined : { at: "/type", message: "The schema describes no object." };
}

function checkStation({ name, needs, when }: PlannedStation, schemas: Schemas, report: Report): void {
  const input = schemas.taken.get(name);
  for (const need of needs) {
    const at = needAt(name, need.target);
    const field = checkSource(need, at, schemas, report);
    if (input === undefined) continue;
    const target = schemaAt(input, need.target);
    if (target === undefined) {
      report(
        "BELT_NEED_UNRESOLVED",
        at,
        `Station ${name} takes no field ${need.target}; its input schema has none.`,
      );
      continue;
    }
    const misfit = field === undefined ? undefined : fits(field, target);
    if (misfit !== undefined) {
      report("BELT_TYPE_MISMATCH", at, `Field ${need.field} of ${need.source} does not fit: it ${misfit}.`);
    }
  }
  if (input === undefined) return;
  for (const { pointer, why } of uncovered(
    input,
    needs.map(({ target }) => target),
  )) {
    report(
      "BELT_NEED_UNRESOLVED",
      formatPointer(["stations", name, "needs"]),
      `Station ${name} ${why}: ${pointer}.`,
    );
  }
  if (when !== undefined) checkCondition(when, input, formatPointer(["stations", name, "when"]), report);
}

/** The schema of the field that a need names; reports when its source has none. */
function checkSource(
  { source, field }: Need,
  at: string,
  { given }: Schemas,
  report: Report,
): Schema | undefined {
  const schema = given.get(source);
  if (schema === undefined) return undefined;
  const found = schemaAt(schema, field);
  if (found === undefined) {
    const what = source === "case" ? "The case" : `The output of station ${source}`;
    report("BELT_NEED_UNRESOLVED", at, `${what} has no field ${field}; its schema does not describe one.`);
  }
  return found;
}

function checkCondition(when: string, input: JsonObject, at: string, report: Report): void {
  try {
    compileCondition(when, input, { at });
  } catch (error) {
    if (!(error instanceof BeltError)) throw error;
    report(error.code, at, error.message);
  }
}

/** The seconds that the slowest way from the case to the result may take. */
export function longestWay(
  plan: Plan,
  offers: ReadonlyMap<string, Pick<OfferTerms, "deadlineSeconds">>,
): number {
  const ends = new Map<string, number>();
  for (const name of plan.order) {
    const { offer = "", sources = [] } = plan.station(name) ?? {};
    const start = Math.max(0, ...sources.map((source) => ends.get(source) ?? 0));
    ends.set(name, start + (offers.get(offer)?.deadlineSeconds ?? 0));
  }
  return Math.max(0, ...ends.values());
}

export { type JsonOptions, parseJson } from "../jsonText.ts";
export {
  type BeltCheck,
  type CheckedBelt,
  checkBelt,
  longestWay,
  type OfferTerms,
  requireBelt,
} from "./check.ts";
export { type Condition, compileCondition } from "./condition.ts";
export {
  BeltDocument,
  Bytes32,
  JsonSchema,
  Name,
  OfferDocument,
  ProductDocument,
  Texts,
} from "./document.ts";
export { type Edge, edgeName, parseEdgeName } from "./edge.ts";
export type { Finding } from "./finding.ts";
export { fits } from "./fit.ts";
export { documentHash, parseBelt, parseOffer, parseProduct } from "./parse.ts";
export { type Need, type Plan, type PlannedStation, planBelt } from "./plan.ts";
export { type Schema, schemaAt } from "./schemaAt.ts";
export { BeltTemplate, type OfferReference, parseTemplate, resolveTemplate } from "./template.ts";

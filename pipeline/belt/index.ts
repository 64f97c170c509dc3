export { deepestJson, type JsonOptions, parseJson } from "../jsonText.ts";
export { type BeltCheck, type CheckedBelt, checkBelt, type OfferTerms, requireBelt } from "./check.ts";
export { type Condition, compileCondition, mostGoneOver } from "./condition.ts";
export {
  BeltDocument,
  Bytes32,
  FieldReference,
  JsonSchema,
  Name,
  OfferDocument,
  Pointer,
  reservedNames,
  StationPlace,
  Texts,
} from "./document.ts";
export { type Edge, edgeName, parseEdgeName } from "./edge.ts";
export type { Finding } from "./finding.ts";
export { fits } from "./fit.ts";
export { type Fork, forkBelt, mergePatch } from "./fork.ts";
export { documentHash, largestDocument, parseBelt, parseOffer } from "./parse.ts";
export { mostStations, type Need, type Plan, type PlannedStation, parseReference, planBelt } from "./plan.ts";
export { type Schema, schemaAt } from "./schemaAt.ts";
export { BeltTemplate, type OfferReference, parseTemplate, resolveTemplate } from "./template.ts";

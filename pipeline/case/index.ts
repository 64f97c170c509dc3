export { describedFields, refuseUnknownFields } from "./fields.ts";
export { formats, schemaLimits } from "./guard.ts";
export { compilePattern, type Pattern, PatternRefused } from "./pattern.ts";
export {
  assemble,
  fieldAt,
  findOverlap,
  formatPointer,
  isPrefix,
  parsePointer,
  withField,
} from "./pointer.ts";
export type { Problem } from "./problem.ts";
export { compileSchema, type SchemaOptions, type Validator, type Validity } from "./schema.ts";

export { describedFields, refuseUnknownFields } from "./fields.ts";
export { allowsAll, applying, held, isSchema, type Schema } from "./keywords.ts";
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
export { type Problem, typeNouns } from "./problem.ts";
export { compileSchema, type SchemaOptions, type Validator, type Validity, validatorOf } from "./schema.ts";

import { applying, formatPointer, isPrefix, parsePointer } from "../case/index.ts";
import type { JsonObject } from "../json.ts";
import { type Schema, schemaAt } from "./schemaAt.ts";
import { takes, typesOf } from "./types.ts";

/** A place in an input that the needs of its station leave wrong, whatever the case. */
export interface Gap {
  readonly pointer: string;
  /** What the station does that the place tells of, such as "requires a field that no need fills". */
  readonly why: string;
}

/**
 * The gaps in an input that is assembled from fields at these pointers: fields that its schema requires and none
 * fills, and places within which a field cannot be put, since only objects are assembled.
 *
 * @param targets where fields go in the input, none within another
 */
export function uncovered(input: JsonObject, targets: readonly string[]): readonly Gap[] {
  // The containers that are assembled: the input itself, and all that targets lie within.
  const containers = new Set([""]);
  for (const target of targets) {
    const tokens = parsePointer(target);
    for (let length = 1; length < tokens.length; length++)
      containers.add(formatPointer(tokens.slice(0, length)));
  }
  return [...containers].toSorted().flatMap((pointer) => {
    const schema = schemaAt(input, pointer);
    return schema === undefined ? [] : gapsIn(schema, pointer, targets);
  });
}

function gapsIn(schema: Schema, pointer: string, targets: readonly string[]): readonly Gap[] {
  const types = typesOf(schema);
  if (types !== undefined && !takes(types, "object")) {
    return [{ pointer, why: "takes no object where fields are put together" }];
  }
  return requiredIn(schema).flatMap((name) => {
    const required = `${pointer}${formatPointer([name])}`;
    if (targets.some((target) => isPrefix(required, target))) return [];
    return [{ pointer: required, why: "requires a field that no need fills" }];
  });
}

function requiredIn(schema: Schema): readonly string[] {
  const names = applying([schema], schema, false).flatMap((each) => {
    if (typeof each === "boolean") return [];
    const { required } = each;
    return Array.isArray(required) ? required.map(String) : [];
  });
  return [...new Set(names)].toSorted();
}

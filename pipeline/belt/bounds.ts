import type { Json, JsonObject } from "../json.ts";

/** The least and the greatest number that schemas allow, as far as they say. */
export interface Bounds {
  readonly lower?: Bound;
  readonly upper?: Bound;
}

interface Bound {
  readonly value: number;
  /** Whether the number itself is outside. */
  readonly exclusive: boolean;
}

/** The bounds of numbers, or of `whole` numbers: those that are attained, where a `multipleOf` leaves that certain. */
export function numbers(schemas: readonly JsonObject[], whole: boolean): Bounds {
  const lower = [...bounds(schemas, "minimum", false), ...bounds(schemas, "exclusiveMinimum", true)];
  const upper = [...bounds(schemas, "maximum", false), ...bounds(schemas, "exclusiveMaximum", true)];
  const steps = schemas.flatMap(({ multipleOf }) => (typeof multipleOf === "number" ? [multipleOf] : []));
  const certain = ({ value, exclusive }: Bound): boolean =>
    steps.every((step) => !exclusive && value % step === 0);
  return of(
    lower.map((bound) => (whole ? up(bound) : bound)),
    upper.map((bound) => (whole ? down(bound) : bound)),
    certain,
  );
}

/** The bounds of a text's length or the number of an array's items. */
export function lengths(schemas: readonly JsonObject[], what: "Length" | "Items"): Bounds {
  const lower = bounds(schemas, `min${what}`, false);
  return of(lower, bounds(schemas, `max${what}`, false), () => true);
}

function bounds(schemas: readonly JsonObject[], keyword: string, exclusive: boolean): readonly Bound[] {
  return schemas.flatMap((schema) => {
    const value: Json | undefined = schema[keyword];
    return typeof value === "number" ? [{ value, exclusive }] : [];
  });
}

function of(lower: readonly Bound[], upper: readonly Bound[], certain: (bound: Bound) => boolean): Bounds {
  // The narrowest counts; of two at one number that which excludes it.
  const [low] = lower.toSorted((a, b) => b.value - a.value || Number(b.exclusive) - Number(a.exclusive));
  const [high] = upper.toSorted((a, b) => a.value - b.value || Number(b.exclusive) - Number(a.exclusive));
  return {
    ...(low === undefined || !certain(low) ? {} : { lower: low }),
    ...(high === undefined || !certain(high) ? {} : { upper: high }),
  };
}

function up({ value, exclusive }: Bound): Bound {
  return { value: exclusive ? Math.floor(value) + 1 : Math.ceil(value), exclusive: false };
}

function down({ value, exclusive }: Bound): Bound {
  return { value: exclusive ? Math.ceil(value) - 1 : Math.floor(value), exclusive: false };
}

/** How the first bounds go beyond the second ones, where both are known. */
export function beyond(field: Bounds, need: Bounds, unit = ""): string | undefined {
  const amount = ({ value }: Bound): string => (unit === "" ? `${value}` : `${value} ${unit}`);
  const limit = (
    way: string,
    from: Bound | undefined,
    to: Bound | undefined,
    sign: 1 | -1,
  ): string | undefined =>
    from !== undefined && to !== undefined && outside(from, to, sign)
      ? `may go ${way} to ${amount(from)} where ${amount(to)} is the limit`
      : undefined;
  return limit("up", field.upper, need.upper, 1) ?? limit("down", field.lower, need.lower, -1);
}

function outside(field: Bound, need: Bound, sign: 1 | -1): boolean {
  if (field.value === need.value) return need.exclusive && !field.exclusive;
  return (field.value - need.value) * sign > 0;
}

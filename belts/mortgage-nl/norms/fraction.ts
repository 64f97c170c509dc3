/**
 * An exact number: `n` divided by `d`, with `d` above zero.
 *
 * Never reduced to lowest terms: the few steps of a calculation here keep the terms at some thousands of digits,
 * and finding common divisors of such terms costs more than it saves.
 */
export interface Fraction {
  readonly n: bigint;
  readonly d: bigint;
}

export const zero: Fraction = { n: 0n, d: 1n };
export const one: Fraction = { n: 1n, d: 1n };

/**
 * The exact value of a decimal such as 22.6, or "4.001" as text. A number stands for the shortest decimal that
 * denotes it, which is what a JSON text says; no binary fraction enters the calculation.
 *
 * @throws {RangeError} for what is no plain decimal (an exponent, an infinity).
 */
export function exact(decimal: number | bigint | string): Fraction {
  const parts = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(decimal));
  if (parts === null) throw new RangeError(`"${decimal}" is no plain decimal.`);
  const [, sign, whole = "", decimals = ""] = parts;
  const n = BigInt(whole + decimals);
  return { n: sign === "-" ? -n : n, d: 10n ** BigInt(decimals.length) };
}

export function add(a: Fraction, b: Fraction): Fraction {
  return { n: a.n * b.d + b.n * a.d, d: a.d * b.d };
}

export function subtract(a: Fraction, b: Fraction): Fraction {
  return { n: a.n * b.d - b.n * a.d, d: a.d * b.d };
}

export function multiply(a: Fraction, b: Fraction): Fraction {
  return { n: a.n * b.n, d: a.d * b.d };
}

/** @throws {RangeError} when the divisor is zero. */
export function divide(a: Fraction, b: Fraction): Fraction {
  if (b.n === 0n) throw new RangeError("Division by zero.");
  const sign = b.n < 0n ? -1n : 1n;
  return { n: a.n * b.d * sign, d: a.d * b.n * sign };
}

/** Below zero when `a` is less than `b`, zero when they are equal, above zero when it is more. */
export function compare(a: Fraction, b: Fraction): number {
  const difference = a.n * b.d - b.n * a.d;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export function larger(a: Fraction, b: Fraction): Fraction {
  return compare(a, b) < 0 ? b : a;
}

/** The nearest integer; halves go up. */
export function rounded(a: Fraction): bigint {
  return floorOf(2n * a.n + a.d, 2n * a.d);
}

/** The largest integer that is not above the fraction. */
export function roundedDown(a: Fraction): bigint {
  return floorOf(a.n, a.d);
}

function floorOf(n: bigint, d: bigint): bigint {
  const quotient = n / d;
  return n % d < 0n ? quotient - 1n : quotient;
}

/**
 * The decimal text of a fraction, such as "4.001", without trailing zeros.
 *
 * @param decimals how many decimals at most; the rest is rounded, halves up
 */
export function decimalText(a: Fraction, decimals: number): string {
  const scale = 10n ** BigInt(decimals);
  const scaled = rounded(multiply(a, { n: scale, d: 1n }));
  const digits = String(scaled < 0n ? -scaled : scaled).padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const rest = digits.slice(digits.length - decimals).replace(/0+$/, "");
  return `${scaled < 0n ? "-" : ""}${whole}${rest === "" ? "" : `.${rest}`}`;
}

import { divide, exact, type Fraction, multiply, one, rounded, subtract } from "./fraction.ts";

const monthsTimesPercent = exact(1200);

/**
 * What a payment of 1 at the end of each month is worth now, exactly: (1 − (1 + r)^−n) ÷ r, with r the monthly
 * rate; n when the rate is zero. Its inverse is the monthly annuity payment for each euro that is lent.
 *
 * @param percentPerYear the nominal yearly rate, such as 4.001
 * @param months the term, n
 */
export function annuityFactor(percentPerYear: Fraction, months: number): Fraction {
  if (percentPerYear.n === 0n) return exact(months);
  const monthly = divide(percentPerYear, monthsTimesPercent);
  const term = BigInt(months);
  // (1 + r)^n as one fraction; its inverse swaps the terms.
  const growth = { n: (monthly.n + monthly.d) ** term, d: monthly.d ** term };
  return divide(subtract(one, { n: growth.d, d: growth.n }), monthly);
}

/** The monthly annuity payment in cents, to the nearest cent. `loan` is in cents. */
export function monthlyPayment(loan: number, percentPerYear: Fraction, months: number): number {
  return Number(rounded(divide(exact(loan), annuityFactor(percentPerYear, months))));
}

/** A share of an amount, such as 0.4 % of it: exact. `amount` is in cents. */
export function percentOf(amount: number, percent: Fraction): Fraction {
  return multiply(exact(amount), divide(percent, exact(100)));
}

import { percentOf } from "./annuity.ts";
import { rounded, roundedDown, subtract } from "./fraction.ts";
import type { RulePack } from "./pack.ts";

/**
 * The largest loan that the home bears, in cents: its value, and on top of it what the energy measures cost, up to
 * 6 % of the value. Limits round down, since a limit may not be passed by a fraction of a cent.
 */
export function maximumByValue(
  value: number,
  energyMeasures: number,
  norms: RulePack["loanToValue"],
): number {
  const plain = percentOf(value, norms.percent);
  const extra = subtract(percentOf(value, norms.withEnergyMeasuresPercent), plain);
  return Number(roundedDown(plain)) + Math.min(energyMeasures, Number(roundedDown(extra)));
}

/** The largest loan with NHG, in cents: the limit, and on top of it what the energy measures cost, up to the higher limit. */
export function nhgLimit(
  energyMeasures: number,
  { limit, limitWithEnergyMeasures }: RulePack["nhg"],
): number {
  return limit + Math.min(energyMeasures, limitWithEnergyMeasures - limit);
}

/** The fee for NHG, in cents, to the nearest cent. */
export function nhgFee(amount: number, { feePercent }: RulePack["nhg"]): number {
  return Number(rounded(percentOf(amount, feePercent)));
}

import { nhgFee, nhgLimit } from "./limits.ts";
import type { CreditCode, RulePack } from "./pack.ts";
import type { ReasonCode } from "./reasons.ts";

export interface NhgRequest {
  /** The loan, in cents. */
  readonly amount: number;
  /** What the energy measures cost that the loan pays, in cents. */
  readonly energyMeasures: number;
  readonly creditCodes: readonly CreditCode[];
}

export interface NhgAnswer {
  readonly granted: boolean;
  /** The fee for this loan, in cents; 0 when the guarantee is not granted. */
  readonly fee: number;
  readonly reasons: readonly ReasonCode[];
}

/** Whether the guarantee fund (Nationale Hypotheek Garantie) stands for the loan, by its limit and credit codes. */
export function nhg({ amount, energyMeasures, creditCodes }: NhgRequest, norms: RulePack["nhg"]): NhgAnswer {
  const reasons: ReasonCode[] = [];
  if (amount > nhgLimit(energyMeasures, norms)) reasons.push("NHG_LIMIT");
  if (creditCodes.some((code) => norms.refusedCreditCodes.includes(code))) reasons.push("NHG_CREDIT_CODE");
  const granted = reasons.length === 0;
  return { granted, fee: granted ? nhgFee(amount, norms) : 0, reasons };
}

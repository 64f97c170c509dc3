import { employers, family, given, purposes, remarks, streets, towns } from "./names.ts";

/** What travels in every system that is measured: a loan application of exactly {@link itemBytes} bytes as JSON. */
export interface Application {
  readonly reference: string;
  /** How many steps it has been through, and a checksum that depends on each of them. */
  readonly progress: { readonly step: number; readonly code: string };
  readonly person: {
    readonly name: string;
    readonly born: string;
    readonly street: string;
    readonly town: string;
  };
  readonly employer: { readonly name: string; readonly since: string; readonly hours: number };
  readonly income: { readonly monthly: number; readonly bonus: number };
  readonly loan: { readonly amount: number; readonly years: number; readonly purpose: string };
  readonly remark: string;
}

/** The length of every item as JSON in UTF-8. */
export const itemBytes = 500;

/** The number of steps in the chain. */
export const steps = 5;

/** The item of a number: the same for the same number, another one for another. */
export function itemOf(number: number): Application {
  const draw = sequence(number);
  const pick = <T>(of: readonly T[]): T => of[draw(of.length)] as T;
  const day = (from: number): string => `${from + draw(30)}-${pad(1 + draw(12), 2)}-${pad(1 + draw(28), 2)}`;
  const item = {
    reference: `TEST-${pad(number, 9)}`,
    progress: { step: 0, code: "00000000" },
    person: {
      name: `${pick(given)} ${pick(family)}`,
      born: day(1960),
      street: `${pick(streets)} ${1 + draw(240)}`,
      town: pick(towns),
    },
    employer: { name: pick(employers), since: day(1994), hours: 8 + draw(33) },
    income: { monthly: 1_800 + draw(6_000) + draw(100) / 100, bonus: draw(1_200) },
    loan: { amount: 90_000 + draw(480_000), years: 10 + draw(21), purpose: pick(purposes) },
    remark: "",
  };
  const left = itemBytes - Buffer.byteLength(JSON.stringify(item));
  const from = draw(remarks.length);
  return { ...item, remark: remarks.repeat(4).slice(from, from + left) };
}

/**
 * What a step does with an item, in every system: reads it, and writes how far it is. The result is as long as what
 * came in.
 *
 * @throws {RangeError} for an item that has been through all steps
 */
export function advance(item: Application): Application {
  const step = item.progress.step + 1;
  if (step > steps) throw new RangeError(`Item ${item.reference} has been through all ${steps} steps.`);
  const text = `${item.progress.code}${item.reference}${item.loan.amount}${step}`;
  return { ...item, progress: { step, code: pad(fnv1a(text), 8) } };
}

/** What the item of a number is after all steps: what every system must have in the end. */
export function finishedItem(number: number): Application {
  let item = itemOf(number);
  for (let step = 0; step < steps; step++) item = advance(item);
  return item;
}

/** Numbers below a bound that follow from a seed (a linear congruential generator; Numerical Recipes). */
function sequence(seed: number): (bound: number) => number {
  let state = (seed * 2_654_435_761 + 1) >>> 0;
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

/** FNV-1a, 32 bits. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash % 100_000_000;
}

const pad = (number: number, digits: number): string => String(number).padStart(digits, "0");

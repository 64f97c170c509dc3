import { judge } from "./judge.ts";
import type { Scenario } from "./scenario.ts";

/**
 * A scenario that still goes wrong, with as little in it as can be left: each fault, booking, case and kind of bad
 * weather is left out in turn for as long as something is wrong without it.
 */
export async function shrink(
  scenario: Scenario,
  tried: (scenario: Scenario) => void = () => {},
): Promise<Scenario> {
  let least = scenario;
  for (let smaller = true; smaller; ) {
    smaller = false;
    for (const candidate of candidates(least)) {
      const { defects } = await judge(candidate);
      if (defects.length === 0) continue;
      least = candidate;
      tried(least);
      smaller = true;
      break;
    }
  }
  return least;
}

function* candidates(scenario: Scenario): Iterable<Scenario> {
  const { bookings, faults, network } = scenario;
  for (const i of bookings.keys())
    if (bookings.length > 1) yield { ...scenario, bookings: bookings.toSpliced(i, 1) };
  for (const i of faults.keys()) yield { ...scenario, faults: faults.toSpliced(i, 1) };
  if (network.loss > 0) yield { ...scenario, network: { ...network, loss: 0 } };
  if (network.duplication > 0) yield { ...scenario, network: { ...network, duplication: 0 } };
  if (network.slowest > 5) yield { ...scenario, network: { ...network, slowest: 5 } };
  for (const [i, booking] of bookings.entries()) {
    for (const j of booking.cases.keys()) {
      if (booking.cases.length === 1) continue;
      yield { ...scenario, bookings: bookings.with(i, { ...booking, cases: booking.cases.toSpliced(j, 1) }) };
    }
  }
}

/** The last moment that JavaScript's dates hold (ECMA-262, section 21.4.1.1). */
const lastMoment = 8.64e15;

/** Seconds since 1970, as the ledger has them, as RFC 3339 text in UTC. */
export const timeOf = (seconds: number): string =>
  new Date(Math.min(seconds * 1_000, lastMoment)).toISOString();

/** A number of days since 1970-01-01 as that day (RFC 3339), in UTC. */
export const dayOf = (day: number): string => timeOf(day * 86_400).slice(0, 10);

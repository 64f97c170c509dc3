/** Days as `YYYY-MM-DD`, so that they compare as text and no time zone shifts them. */

/** The day some months later; the last day of that month where it has no such day. */
export function monthsAfter(day: string, months: number): string {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  const first = new Date(Date.UTC(year, month - 1 + months, 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  first.setUTCDate(Math.min(date, last));
  return first.toISOString().slice(0, 10);
}

/** Whether, on a day, more than so many months have passed since another. */
export function isOlder(since: string, months: number, on: string): boolean {
  return monthsAfter(since, months) < on;
}

/** Whether somebody has reached an age on a day, the birthday included. */
export function hasReached(
  birthDate: string,
  age: { readonly years: number; readonly months: number },
  on: string,
): boolean {
  return monthsAfter(birthDate, 12 * age.years + age.months) <= on;
}

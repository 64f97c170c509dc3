import fc from "fast-check";
import { expect, test } from "vitest";
import { pauseBefore, retryAfter } from "../../../nodes/stations/backoff.ts";

const settings = fc.record({
  retryDelayMs: fc.integer({ min: 1, max: 10_000 }),
  maxDelayMs: fc.integer({ min: 1, max: 100_000 }),
});
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test("a pause is never longer than the longest, nor shorter than what was asked for", () => {
  fc.assert(
    fc.property(settings, fc.nat(60), random, fc.nat(200_000), (backoff, retry, chance, patience) => {
      const asked = patience % (backoff.maxDelayMs + 1);
      const pause = pauseBefore(retry, backoff, chance, asked);
      expect(pause).toBeGreaterThanOrEqual(asked);
      expect(pause).toBeLessThanOrEqual(backoff.maxDelayMs);
    }),
  );
});

test("there is no pause when more is asked for than the longest", () => {
  fc.assert(
    fc.property(settings, fc.nat(60), random, fc.nat(200_000), (backoff, retry, chance, more) => {
      expect(pauseBefore(retry, backoff, chance, backoff.maxDelayMs + 1 + more)).toBeUndefined();
    }),
  );
});

test("the bound of a pause doubles with each retry, and chance decides below it", () => {
  const backoff = { retryDelayMs: 200, maxDelayMs: 1_000 };
  const most = 0.999_999;
  expect([0, 1, 2, 3, 4].map((retry) => pauseBefore(retry, backoff, most))).toEqual([
    199, 399, 799, 999, 999,
  ]);
  expect([0, 1, 2, 3, 4].map((retry) => pauseBefore(retry, backoff, 0))).toEqual([0, 0, 0, 0, 0]);
});

test("Retry-After is read as RFC 9110 writes it, and ignored where it says nothing", () => {
  const now = Date.UTC(2026, 0, 1);
  expect(retryAfter("120", now)).toBe(120_000);
  expect(retryAfter("Thu, 01 Jan 2026 00:02:00 GMT", now)).toBe(120_000);
  expect(retryAfter("Wed, 31 Dec 2025 23:59:00 GMT", now)).toBe(0);
  expect(retryAfter("soon", now)).toBeUndefined();
  expect(retryAfter(undefined, now)).toBeUndefined();
});

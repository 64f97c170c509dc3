import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { derive, toHex, utf8 } from "../../pipeline/bytes.ts";
import { BeltError } from "../../pipeline/errors.ts";
import { HashText } from "../../pipeline/index/index.ts";
import { canonical } from "../../pipeline/json.ts";
import type { Booking } from "../api/index.ts";
import type { OwnSheet } from "../engine/index.ts";
import { type Change, key as storeKey } from "../store/index.ts";
import type { OperationParts } from "./parts.ts";

/** What was asked under a key, but for the cases, which stand sealed in the sheet; and what came of it. */
const Kept = z.strictObject({
  asked: z.strictObject({
    belt: z.string(),
    deadlineSeconds: z.number().nullable(),
    maxCost: z.string().nullable(),
  }),
  sheet: HashText,
  cost: z.string(),
});

/** Bookings of belts under keys of the client's own, each of which is made once. */
export interface KeyedBookings {
  /** Does something under a key when nothing else is under way under it. */
  inTurn<T>(key: string, action: () => Promise<T>): Promise<T>;
  /**
   * The sheet that was booked under the key before, if there is one.
   *
   * @throws {BeltError} `IDEMPOTENCY_CONFLICT` when something else was
   */
  find(key: string, asked: Booking): Promise<{ readonly own: OwnSheet; readonly cost: string } | undefined>;
  /** The change that keeps what was booked. */
  keep(key: string, asked: Booking, booked: { readonly sheet: string; readonly cost: string }): Change;
}

export function createKeyedBookings({
  store,
  secret,
  engine: { cases },
}: Pick<OperationParts, "store" | "secret" | "engine">): KeyedBookings {
  const underWay = new Map<string, Promise<unknown>>();

  const keyOf = (key: string): string => storeKey("keyed", toHex(derive(secret, `belt booking ${key}`)));

  async function isOf(sheet: string, given: Booking["cases"]): Promise<boolean> {
    for await (const { number, value } of cases.cases(sheet)) {
      if (!isDeepStrictEqual(value, JSON.parse(JSON.stringify(given[number])))) return false;
    }
    return true;
  }

  return {
    async inTurn(key, action) {
      const before = underWay.get(key) ?? Promise.resolve();
      const doing = before.then(action, action);
      underWay.set(key, doing);
      try {
        return await doing;
      } finally {
        if (underWay.get(key) === doing) underWay.delete(key);
      }
    },
    async find(key, asked) {
      const bytes = await store.get(keyOf(key));
      if (bytes === undefined) return undefined;
      const kept = Kept.parse(JSON.parse(Buffer.from(bytes).toString("utf8")));
      const own = await cases.sheet(kept.sheet);
      // It was refused, and nothing of it is left: the key is free.
      if (own === undefined) return undefined;
      const same = isDeepStrictEqual(kept.asked, termsOf(asked)) && own.count === asked.cases.length;
      if (same && (await isOf(own.sheet, asked.cases))) return { own, cost: kept.cost };
      throw otherBooking(key);
    },
    keep: (key, asked, { sheet, cost }) => {
      const kept = { asked: termsOf(asked), sheet, cost };
      return { type: "put", key: keyOf(key), value: utf8(canonical(kept)) };
    },
  };
}

/** What is asked besides the cases, in one form for all ways to say the same. */
const termsOf = ({ belt, deadlineSeconds, maxCost }: Booking) => ({
  ...{ belt, deadlineSeconds: deadlineSeconds ?? null },
  maxCost: maxCost === undefined ? null : BigInt(maxCost).toString(),
});

/** What is said to a client that gives the key of one booking to another. */
export const otherBooking = (key: string, cause?: unknown): BeltError =>
  new BeltError("IDEMPOTENCY_CONFLICT", `Something else was booked under the key ${JSON.stringify(key)}.`, {
    at: "/key",
    cause,
  });

import { z } from "zod";
import type { UnderKey } from "./operations.ts";
import type { Ask } from "./request.ts";
import { IdempotencyKey } from "./schemas.ts";

const header = "idempotency-key";

/** The input of a route that a client may ask again under a key of its own, besides its body. */
export const Keyed = z.object({ headers: z.object({ [header]: IdempotencyKey.optional() }) });

/** What such a route asks of its operation. */
export function withKey<Body extends object>({
  headers: { [header]: key },
  body,
}: z.output<typeof Keyed> & { readonly body: Body }): UnderKey<Body> {
  return { ...body, ...(key === undefined ? {} : { key }) };
}

/** The request that asks for it. */
export const askedUnderKey = ({ key, ...body }: UnderKey<object>): Ask => ({
  body,
  ...(key === undefined ? {} : { headers: { [header]: key } }),
});

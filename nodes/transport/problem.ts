import { z } from "zod";
import { BeltError, type Code, catalogue } from "../../pipeline/errors.ts";

/** Problem details (RFC 9457) as this product's nodes give them. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  at: z.string().optional(),
  remedy: z.string(),
  retryable: z.boolean(),
});
export type Problem = z.infer<typeof Problem>;

export const problemType = "application/problem+json";

/** The problem that an error is to those who called. Anything unforeseen is a defect, and is not told in detail. */
export function problemOf(error: unknown): { readonly problem: Problem; readonly retryAfter?: number } {
  const known = error instanceof BeltError ? error : new BeltError("INTERNAL", "The node failed to answer.");
  const { status, retryable, remedy } = catalogue[known.code];
  const problem: Problem = {
    type: `urn:belt:error:${known.code}`,
    title: known.code.toLowerCase().replaceAll("_", " "),
    status,
    detail: known.message,
    code: known.code,
    ...(known.at === undefined ? {} : { at: known.at }),
    remedy,
    retryable,
  };
  return known.retryAfter === undefined ? { problem } : { problem, retryAfter: known.retryAfter };
}

function isCode(code: string): code is Code {
  return Object.hasOwn(catalogue, code);
}

/** The error that a partner's problem is to us. A code we do not know is judged by its HTTP status alone. */
export function errorOf(status: number, body: unknown, retryAfter: number | undefined): BeltError {
  const parsed = Problem.safeParse(body);
  const context = retryAfter === undefined ? {} : { retryAfter };
  if (parsed.success && isCode(parsed.data.code)) {
    const { code, detail, at } = parsed.data;
    return new BeltError(code, detail, { ...context, ...(at === undefined ? {} : { at }) });
  }
  const busy = status === 429 || status >= 500;
  return new BeltError(
    busy ? "PARTNER_UNREACHABLE" : "PARTNER_REFUSED",
    `The partner answered ${status}.`,
    context,
  );
}

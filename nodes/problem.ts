import { z } from "zod";
import { BeltError, type Code, catalogue } from "../pipeline/errors.ts";

/** A problem (RFC 9457): why a request was refused, where, and what to do. */
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

/** The media type of a problem (RFC 9457, section 6.1). */
export const problemType = "application/problem+json";

/** A problem with what its HTTP answer has besides it. */
export interface ProblemAnswer {
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The answer to a request that failed. What is no `BeltError` is a defect: its own words stay in the log, since
 * they may hold data.
 */
export function problemAnswer(error: unknown): ProblemAnswer {
  const known = asBeltError(error);
  const { code, message, at, remedy, retryable, retryAfter } = known;
  const { status } = catalogue[code];
  const headers: Record<string, string> = {};
  if (retryAfter !== undefined || (retryable && status === 503)) {
    headers["retry-after"] = String(Math.max(1, Math.ceil(retryAfter ?? 1)));
  }
  if (code === "API_TOKEN_REFUSED") headers["www-authenticate"] = 'Bearer realm="operator"';
  const place = at === undefined ? {} : { at };
  const type = `urn:belt:error:${code}`;
  return {
    problem: { type, title: titleOf(code), status, detail: message, code, ...place, remedy, retryable },
    headers,
  };
}

/** The error as one of the catalogue's; the web framework's own errors get their place in it too. */
export function asBeltError(error: unknown): BeltError {
  if (error instanceof BeltError) return error;
  const type = error instanceof Error && "type" in error ? error.type : undefined;
  if (type === "entity.too.large") {
    return new BeltError("BODY_TOO_LARGE", "The body is larger than this node accepts.", { cause: error });
  }
  if (type === "encoding.unsupported") {
    return new BeltError("MEDIA_TYPE_UNSUPPORTED", "The body's encoding is not known.", { cause: error });
  }
  if (type === "request.aborted" || type === "request.size.invalid") {
    return new BeltError("INPUT_INVALID", "The body did not arrive whole.", { cause: error });
  }
  if (error instanceof URIError || (error instanceof Error && "status" in error && error.status === 400)) {
    return new BeltError("INPUT_INVALID", "The request's URL or body is malformed.", { cause: error });
  }
  return new BeltError("INTERNAL", "The node failed while it did this.", { cause: error });
}

/** `CASE_INVALID` is "Case invalid". */
function titleOf(code: Code): string {
  const words = code.toLowerCase().replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/**
 * The error that a node's answer stands for. A code that this version does not know is judged by its HTTP status.
 *
 * @param retryAfter seconds, when the answer says so
 */
export function errorOfAnswer(status: number, body: unknown, retryAfter: number | undefined): BeltError {
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

function isCode(code: string): code is Code {
  return Object.hasOwn(catalogue, code);
}

import { z } from "zod";
import { SourceProblem } from "../../source.ts";

const Query = z.strictObject({
  persons: z
    .array(z.string().regex(/^\d{9}$/))
    .min(1)
    .max(2),
});

/**
 * The persons that a query is about: one or two numbers of nine digits.
 *
 * @throws {SourceProblem} 400 for any other body.
 */
export function personsOf(body: unknown): readonly string[] {
  const parsed = Query.safeParse(body);
  if (parsed.success) return parsed.data.persons;
  throw new SourceProblem(400, 'Send {"persons": [...]} with one or two numbers of nine digits.');
}

import { z } from "zod";
import { fields, profiles } from "../stations/schemas.ts";
import data from "./seed.json" with { type: "json" };

const TestNumber = z.string().regex(/^TEST-[A-Z0-9-]+$/);
const Person = z.string().regex(/^Test /, "the people of an example are plainly invented");
const Day = z.iso.date();

/** What the registers of this example hold at first: invented people, none of whom can exist. */
const Seed = z.strictObject({
  /** The document desk's register. */
  documents: z.array(
    z.strictObject({
      number: TestNumber,
      type: z.enum(["passport", "identity-card", "residence-permit"]),
      holder: Person,
      birthDate: Day,
      expiresOn: Day,
      reportedMissing: z.boolean(),
      mayWork: z.boolean(),
    }),
  ),
  /** The diploma register's. A record under maintenance is not given out. */
  diplomas: z.array(
    z.strictObject({
      number: TestNumber,
      birthDate: Day,
      field: z.enum(fields),
      level: z.int().min(1).max(8),
      awardedOn: Day,
      underMaintenance: z.boolean(),
    }),
  ),
  /** The conduct authority's: to which work there is an objection, and until when. */
  objections: z.array(
    z.strictObject({ holder: Person, birthDate: Day, profile: z.enum(profiles), until: Day }),
  ),
});
export type Seed = z.infer<typeof Seed>;

export const seed: Seed = Seed.parse(data);

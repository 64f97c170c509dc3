import { z } from "zod";
import { CreditCode, EnergyLabel } from "../norms/pack.ts";
import data from "./seed.json" with { type: "json" };

const Bsn = z.string().regex(/^\d{9}$/);
const Cents = z.int().min(0);

/** What the registers of this example hold at first: invented people, none of whom can exist. */
const Seed = z.strictObject({
  /** The identity desk's register. */
  people: z.array(z.strictObject({ bsn: Bsn, name: z.string().min(1), birthDate: z.iso.date() })),
  /** The income register's: cents a year. */
  incomes: z.array(z.strictObject({ person: Bsn, yearly: Cents, other: Cents })),
  /** The credit registry's: limits in cents, kinds and codes as Dutch registries write them. */
  credits: z.array(
    z.strictObject({
      contract: z.string().min(1),
      person: Bsn,
      kind: z.enum(["AK", "RK", "VK", "HY", "SR"]),
      limit: Cents,
      endedOn: z.iso.date().nullable(),
      codes: z.array(CreditCode),
    }),
  ),
  /** The student loan register's: cents a month. */
  studentLoans: z.array(z.strictObject({ person: Bsn, monthly: Cents })),
  /** The valuers': value in cents. A record under maintenance is not given out. */
  valuations: z.array(
    z.strictObject({
      object: z.string().min(1),
      value: Cents,
      valuedOn: z.iso.date(),
      energyLabel: EnergyLabel,
      underMaintenance: z.boolean(),
    }),
  ),
});
export type Seed = z.infer<typeof Seed>;

export const seed: Seed = Seed.parse(data);

import { defineSqlStation } from "../../../nodes/stations/index.ts";
import { CreditCode } from "../norms/pack.ts";
import { bsn, cents, closed, creditCodes, flag } from "./schemas.ts";

interface Input {
  person: string;
  partner?: string;
  consented: boolean;
}

interface Output {
  limits: number;
  codes: CreditCode[];
}

/**
 * What may the applicants borrow elsewhere, and how did they pay? Limits count of credits that still run
 * (instalments AK, revolving RK, mail order VK), codes also of those that have ended; a debt settlement (SR) is a
 * code by itself.
 */
export default defineSqlStation<Input, Output>({
  name: "credit",
  version: "1.0.0",
  title: { en: "Credit", nl: "Krediet" },
  input: closed({ person: bsn, partner: bsn, consented: flag }, ["partner"]),
  output: closed({ limits: cents, codes: creditCodes }),
  query: `
    with held as (select contract, kind, limit_cents, ended_on from credits where bsn in (:person, :partner))
    select
      (select coalesce(sum(limit_cents), 0) from held where ended_on is null and kind in ('AK', 'RK', 'VK')) as limits,
      (select group_concat(distinct code) from (
        select code from codes join held using (contract)
        union select kind from held where kind = 'SR'
      )) as codes`,
  parameters: ({ person, partner }) => ({ person, partner: partner ?? null }),
  result([row]) {
    const codes = String(row?.["codes"] ?? "").split(",");
    return {
      limits: Number(row?.["limits"]),
      codes: CreditCode.options.filter((code) => codes.includes(code)),
    };
  },
});

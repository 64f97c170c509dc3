import { defineHttpStation } from "../../../nodes/stations/index.ts";
import { bsn, cents, closed, flag } from "./schemas.ts";

interface Input {
  person: string;
  partner?: string;
  consented: boolean;
}

interface Output {
  applicant: number;
  partner: number;
  other: number;
}

/** What the income register's service answers. */
interface Incomes {
  incomes: { person: string; yearly: number; other: number }[];
}

/** What do the applicants earn in a year? */
export default defineHttpStation<Input, Output, Incomes>({
  name: "income",
  version: "1.0.0",
  title: { en: "Income", nl: "Inkomen" },
  input: closed({ person: bsn, partner: bsn, consented: flag }, ["partner"]),
  output: closed({ applicant: cents, partner: cents, other: cents }),
  // By POST, since numbers of persons do not belong in addresses, which end up in logs.
  request: ({ person, partner }) => ({
    method: "POST",
    path: "/v1/incomes/query",
    body: { persons: partner === undefined ? [person] : [person, partner] },
  }),
  response({ incomes }, _status, { person, partner }) {
    const yearly = (of: string | undefined) => incomes.find((income) => income.person === of)?.yearly ?? 0;
    return {
      applicant: yearly(person),
      partner: yearly(partner),
      other: incomes.reduce((sum, { other }) => sum + other, 0),
    };
  },
});

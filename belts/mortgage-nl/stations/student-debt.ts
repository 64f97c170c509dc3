import { defineHttpStation } from "../../../nodes/stations/index.ts";
import { bsn, cents, closed, flag } from "./schemas.ts";

interface Input {
  person: string;
  partner?: string;
  declared: boolean;
  consented: boolean;
}

interface Output {
  monthly: number;
  found: boolean;
}

/** What the student loan register's service answers. */
interface Loans {
  loans: { person: string; monthly: number }[];
}

/** What do the applicants pay on student loans each month? */
export default defineHttpStation<Input, Output, Loans>({
  name: "student-debt",
  version: "1.0.0",
  title: { en: "Student debt", nl: "Studieschuld" },
  input: closed({ person: bsn, partner: bsn, declared: flag, consented: flag }, ["partner"]),
  output: closed({ monthly: cents, found: flag }),
  request: ({ person, partner }) => ({
    method: "POST",
    path: "/v1/student-loans/query",
    body: { persons: partner === undefined ? [person] : [person, partner] },
  }),
  response: ({ loans }) => ({
    monthly: loans.reduce((sum, { monthly }) => sum + monthly, 0),
    found: loans.length > 0,
  }),
});

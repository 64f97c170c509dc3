import { defineSqlStation, Unprocessable } from "../../../nodes/stations/index.ts";
import { hasReached } from "../norms/days.ts";
import { rulesFor, rulesVersion } from "./rules.ts";
import { bsn, closed, day, flag } from "./schemas.ts";

interface Person {
  bsn: string;
  name: string;
  birthDate: string;
}

interface Input {
  date: string;
  person: Person;
  partner?: Person;
  consent: { income: boolean; credit: boolean; studentDebt: boolean; until: string };
}

interface Output {
  single: boolean;
  pensionAge: { applicant: boolean; partner: boolean };
  consents: { income: boolean; credit: boolean; studentDebt: boolean };
}

const person = closed({ bsn, name: { type: "string", minLength: 1, maxLength: 200 }, birthDate: day });

/**
 * Are the applicants who they say they are, and which sources may be asked about them? The other stations get
 * this station's yes or no instead of names and dates of birth.
 */
export default defineSqlStation<Input, Output>({
  name: "identity",
  version: rulesVersion,
  title: { en: "Identity and consent", nl: "Identiteit en toestemming" },
  input: closed(
    {
      date: day,
      person,
      partner: person,
      consent: closed({ income: flag, credit: flag, studentDebt: flag, until: day }),
    },
    ["partner"],
  ),
  output: closed({
    single: flag,
    pensionAge: closed({ applicant: flag, partner: flag }),
    consents: closed({ income: flag, credit: flag, studentDebt: flag }),
  }),
  query: "select bsn, name, birth_date as birthDate from people where bsn in (:person, :partner)",
  parameters: ({ person, partner }) => ({ person: person.bsn, partner: partner?.bsn ?? null }),
  result(rows, { date, person, partner, consent }) {
    const isKnown = ({ bsn, name, birthDate }: Person) =>
      rows.some((row) => row["bsn"] === bsn && row["name"] === name && row["birthDate"] === birthDate);
    if (!isKnown(person) || (partner !== undefined && !isKnown(partner))) {
      throw new Unprocessable("The identity register has nobody with this number, name and date of birth.");
    }
    const { pensionAge } = rulesFor(date);
    const valid = date <= consent.until;
    return {
      single: partner === undefined,
      pensionAge: {
        applicant: hasReached(person.birthDate, pensionAge, date),
        partner: partner !== undefined && hasReached(partner.birthDate, pensionAge, date),
      },
      consents: {
        income: valid && consent.income,
        credit: valid && consent.credit,
        studentDebt: valid && consent.studentDebt,
      },
    };
  },
});

import { defineSqlStation, type Rows, Unprocessable } from "../../../nodes/stations/index.ts";
import { closed, codes, day, documentNumber, flag, name } from "./schemas.ts";

interface Input {
  date: string;
  name: string;
  birthDate: string;
  document: { type: string; number: string };
}

/** What may be wrong with a document. */
export const objections = [
  "document-expired",
  "document-missing",
  "holder-differs",
  "no-right-to-work",
] as const;
type Objection = (typeof objections)[number];

interface Output {
  verified: boolean;
  objections: Objection[];
}

/** Is the document valid, and the candidate's own? Asks the desk's own register of documents. */
export default defineSqlStation<Input, Output>({
  name: "identity-document",
  version: "1.0.0",
  title: { en: "Identity document", nl: "Identiteitsbewijs" },
  input: closed({
    date: day,
    name,
    birthDate: day,
    document: closed({
      type: { type: "string", enum: ["passport", "identity-card", "residence-permit"] },
      number: documentNumber,
    }),
  }),
  output: closed({ verified: flag, objections: codes(objections) }),
  query: `
    SELECT type, holder, birth_date, expires_on, reported_missing, may_work
    FROM documents WHERE number = :number`,
  parameters: ({ document: { number } }) => ({ number }),
  result(rows: Rows, { date, name, birthDate, document }) {
    const [known] = rows;
    if (known === undefined) throw new Unprocessable("The register does not know this document.");
    const { type, holder, birth_date, expires_on, reported_missing, may_work } = known;
    const found: Record<Objection, boolean> = {
      // Dates in the form year-month-day have the order of their texts; the last day still counts.
      "document-expired": String(expires_on) < date,
      "document-missing": reported_missing === 1,
      "holder-differs": type !== document.type || holder !== name || birth_date !== birthDate,
      "no-right-to-work": may_work === 0,
    };
    const against = objections.filter((objection) => found[objection]);
    return { verified: against.length === 0, objections: against };
  },
});

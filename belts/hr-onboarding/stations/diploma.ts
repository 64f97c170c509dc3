import { defineHttpStation } from "../../../nodes/stations/index.ts";
import { closed, day, diplomaNumber, type Field, field, flag, level } from "./schemas.ts";

interface Input {
  verified: boolean;
  person: { birthDate: string; diploma?: string };
}

/** What the diploma register's service answers. */
interface Diploma {
  field: Field;
  level: number;
  awardedOn: string;
}

/** What did the candidate study? The register tells it only to who has the diploma's number and the birth date. */
export default defineHttpStation<Input, Diploma, Diploma>({
  name: "diploma",
  version: "1.0.0",
  title: { en: "Diploma", nl: "Diploma" },
  input: closed({
    verified: flag,
    person: closed({ birthDate: day, diploma: diplomaNumber }, ["diploma"]),
  }),
  output: closed({ field, level, awardedOn: day }),
  // By POST, since what identifies a person does not belong in addresses, which end up in logs.
  request: ({ person: { birthDate, diploma = "" } }) => ({
    method: "POST",
    path: "/v1/diplomas/query",
    body: { number: diploma, birthDate },
  }),
});

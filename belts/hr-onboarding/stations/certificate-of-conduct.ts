import { defineSqlStation } from "../../../nodes/stations/index.ts";
import { closed, day, flag, name, type Profile, profile } from "./schemas.ts";

interface Input {
  requestedOn: string;
  person: { name: string; birthDate: string };
  profile: Profile;
}

interface Output {
  granted: boolean;
}

/**
 * Is there an objection to the candidate's doing such work? The authority says yes or no; what it knows stays in
 * its own database.
 */
export default defineSqlStation<Input, Output>({
  name: "certificate-of-conduct",
  version: "1.0.0",
  title: { en: "Certificate of conduct", nl: "Verklaring omtrent het gedrag" },
  input: closed({ requestedOn: day, person: closed({ name, birthDate: day }), profile }),
  output: closed({ granted: flag }),
  query: `
    SELECT count(*) AS objections FROM objections
    WHERE holder = :name AND birth_date = :birthDate AND profile = :profile AND until >= :requestedOn`,
  parameters: ({ person: { name, birthDate }, profile, requestedOn }) => ({
    name,
    birthDate,
    profile,
    requestedOn,
  }),
  result: ([{ objections } = {}]) => ({ granted: objections === 0 }),
});

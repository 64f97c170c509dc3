import { defineTimerStation } from "../../../nodes/stations/index.ts";
import { closed, day, flag, type Profile, profile } from "./schemas.ts";

/** How long the authority takes, in days. */
export const processingDays = 5;
const dayMs = 86_400_000;

interface Input {
  verified: boolean;
  profile: Profile;
}

interface Output {
  requestedOn: string;
}

/**
 * The authority's time to process a request for a certificate of conduct. Nobody waits for it but the case: the
 * other stations work meanwhile.
 */
export default defineTimerStation<Input, Output>({
  name: "certificate-request",
  version: "1.0.0",
  title: { en: "Request of a certificate of conduct", nl: "Aanvraag van een verklaring omtrent het gedrag" },
  input: closed({ verified: flag, profile }),
  output: closed({ requestedOn: day }),
  until: (_input, { startedAt }) => startedAt + processingDays * dayMs,
  after: (_input, { startedAt }) => ({ requestedOn: new Date(startedAt).toISOString().slice(0, 10) }),
});

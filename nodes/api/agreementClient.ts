import { z } from "zod";
import type { AgreementOperations } from "./agreementOperations.ts";
import { Connection, Consent, WrittenBelt, WrittenConnection, WrittenConsent } from "./agreementSchemas.ts";
import { writingOver } from "./clientWriting.ts";
import type { ApiClientParts, Ask } from "./request.ts";

type AskFor = <T extends z.ZodType>(name: string, schema: T, given?: Ask) => Promise<z.output<T>>;

/** Consents, connections and belts' endorsements over a running node's API. */
export function agreementClient(parts: ApiClientParts, ask: AskFor): AgreementOperations {
  const ofMember = (member: string) => ({ params: { member } });
  const ofBelt = (belt: string) => ({ params: { belt } });
  const consent = <Given>(name: string) =>
    writingOver(parts, name, { answer: WrittenConsent, asked: (body: Given) => ({ body }) });
  const connection = (name: string, asked: (member: string) => Ask) =>
    writingOver(parts, name, { answer: WrittenConnection, asked });
  const belt = <Given>(name: string, asked: (given: Given) => Ask) =>
    writingOver(parts, name, { answer: WrittenBelt, asked });

  return {
    consents: async () => (await ask("consents", z.object({ consents: z.array(Consent) }))).consents,
    grantConsent: consent("grantConsent"),
    revokeConsent: consent("revokeConsent"),
    relayConsent: consent("relayConsent"),
    connections: async () =>
      (await ask("connections", z.object({ connections: z.array(Connection) }))).connections,
    requestConnection: connection("requestConnection", (member) => ({ body: { member } })),
    acceptConnection: connection("acceptConnection", ofMember),
    endConnection: connection("endConnection", ofMember),
    endorseBelt: belt("endorseBelt", ofBelt),
    withdrawEndorsement: belt("withdrawEndorsement", ofBelt),
    deprecateBelt: belt("deprecateBelt", ({ belt: id, ...body }) => ({ ...ofBelt(id), body })),
    proposeSteward: belt("proposeSteward", ({ belt: id, ...body }) => ({ ...ofBelt(id), body })),
    acceptSteward: belt("acceptSteward", ofBelt),
  };
}

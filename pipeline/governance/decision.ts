import { z } from "zod";
import { Name } from "../belt/index.ts";
import { Address } from "../tray/index.ts";
import { MemberKind } from "./kinds.ts";

const kinds = z.array(MemberKind).min(1).readonly();
const amount = z
  .union([z.int().nonnegative(), z.string().regex(/^\d{1,77}$/, "use a whole number")])
  .describe("In the currency's smallest unit.");
const seconds = z.int().nonnegative().max(7_776_000, "use 90 days at most").optional();
const percent = z.int().min(1, "use 1 to 100").max(100, "use 1 to 100").optional();
const data = z
  .string()
  .regex(/^0x(?:[0-9a-f]{2}){4,10000}$/, "use bytes: 0x and lower-case hexadecimal digits");
export const MemberName = z
  .union([Address, Name], { error: "use a member's address or its name" })
  .describe("A member's address, or its name.");
const stewards = z.array(MemberName).min(1).max(32).readonly();
const shortName = z
  .string()
  .regex(/^[A-Za-z]\w{0,30}$/, "use a short name of letters, digits and underscores");
const decision = <What extends string, Shape extends z.ZodRawShape>(what: What, shape: Shape) =>
  z.strictObject({ decision: z.literal(what), ...shape });

/** One thing that only the members can decide. Members are meant by name or address. */
export const Decision = z.discriminatedUnion("decision", [
  decision("admit", { account: Address, name: Name, kinds }),
  decision("suspend", { member: MemberName }),
  decision("reinstate", { member: MemberName }),
  decision("remove", { member: MemberName }),
  decision("kinds", { member: MemberName, kinds }),
  decision("mint", { member: MemberName, amount }),
  decision("burn", { member: MemberName, amount }),
  decision("directory", { name: shortName, target: Address }),
  decision("lift", {}),
  decision("found", { name: Name, stewards }),
  decision("stewards", { community: Name, stewards }),
  decision("rules", {
    votingDelay: seconds,
    votingPeriod: seconds,
    executionDelay: seconds,
    quorum: percent,
    superQuorum: percent,
  }),
  decision("call", { target: Address, data }),
]);
export type Decision = z.infer<typeof Decision>;

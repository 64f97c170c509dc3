import { Command, Option } from "commander";
import { BeltError } from "../../pipeline/errors.ts";
import type { NodeOperations, WrittenBelt } from "../api/index.ts";
import { type NodeOptions, withExamples, withNode } from "./command.ts";
import { print, printJson, short } from "./output.ts";
import { placesOf } from "./places.ts";
import { perform, type WritingOptions, withWriting } from "./write.ts";

type BeltOptions = NodeOptions & WritingOptions;

const places = placesOf({ belt: "<belt>", successor: "--successor", member: "--propose" });
const argument = ["<belt>", "its id, a beginning of it, its name, or name@version"] as const;

/** `belt belt endorse`: that this member found a belt good. */
export function endorseCommand(): Command {
  const command = new Command("endorse")
    .description("Endorse a belt of others: this member found it good. Every member counts once.")
    .argument(...argument)
    .option("--withdraw", "take the endorsement back")
    .action(async (given: string, { withdraw, ...options }: BeltOptions & { readonly withdraw?: true }) => {
      const { node, belt } = await open(given, options);
      const write = withdraw ? node.withdrawEndorsement : node.endorseBelt;
      const written = await perform(write, belt, { ...options, places });
      tell(
        written,
        options,
        `Belt ${short(belt)} is ${withdraw ? "no longer " : ""}endorsed by this member.`,
      );
    });
  return withExamples(
    withWriting(withNode(command)),
    ["belt belt endorse mortgage-nl", "its newest version that can be booked"],
    ["belt belt endorse mortgage-nl@2026.1 --withdraw", "this member thinks otherwise now"],
  );
}

/** `belt belt deprecate`: that another belt is to be booked instead. */
export function deprecateCommand(): Command {
  const command = new Command("deprecate")
    .description(
      "Advise against a belt that this member answers for, for good. It can be booked all the same: who books it is warned.",
    )
    .argument(...argument)
    .option("--successor <belt>", "the belt to book instead; it can also be named later")
    .action(
      async (given: string, { successor, ...options }: BeltOptions & { readonly successor?: string }) => {
        const { node, belt, idOf } = await open(given, options);
        const next = successor === undefined ? {} : { successor: await idOf(successor) };
        const written = await perform(node.deprecateBelt, { belt, ...next }, { ...options, places });
        tell(written, options, `Belt ${short(belt)} is deprecated.`);
      },
    );
  return withExamples(
    withWriting(withNode(command)),
    ["belt belt deprecate mortgage-nl@2026.1 --successor mortgage-nl@2026.2", "with the one to book instead"],
    ["belt belt deprecate mortgage-nl@2026.1", "without one"],
  );
}

interface StewardOptions extends BeltOptions {
  readonly propose?: string;
  readonly withdraw?: true;
  readonly accept?: true;
}

/** `belt belt steward`: who answers for a belt. */
export function stewardCommand(): Command {
  const command = new Command("steward")
    .description("Hand a belt over to another member, which accepts it; until then nothing changes.")
    .argument(...argument)
    .addOption(new Option("--propose <member>", "who is to answer for it, by name or address"))
    .addOption(new Option("--withdraw", "take the proposal back").conflicts("propose"))
    .addOption(new Option("--accept", "take over the belt").conflicts(["propose", "withdraw"]))
    .action(async (given: string, { propose, withdraw, accept, ...options }: StewardOptions) => {
      if (propose === undefined && !withdraw && !accept) {
        const words = "Who is to answer for the belt? Give --propose, --withdraw or --accept.";
        throw new BeltError("USAGE_INVALID", words, { at: "--propose" });
      }
      const { node, belt } = await open(given, options);
      if (accept) {
        const written = await perform(node.acceptSteward, belt, { ...options, places });
        tell(written, options, `This member answers for belt ${short(belt)} now.`);
        return;
      }
      const handOver = { belt, member: propose ?? null };
      const written = await perform(node.proposeSteward, handOver, { ...options, places });
      const proposed = propose === undefined ? "Nobody is" : `${propose} is`;
      tell(written, options, `${proposed} proposed to answer for belt ${short(belt)}.`);
    });
  return withExamples(
    withWriting(withNode(command)),
    ["belt belt steward mortgage-nl --propose bank", "the bank may take it over"],
    ["belt belt steward mortgage-nl --accept", "by the bank"],
  );
}

/** The node, and the belt's id: what is said here is of one version, whatever its name means tomorrow. */
async function open(given: string, options: NodeOptions) {
  const [{ connect }, { findBelt }] = await Promise.all([import("./connect.ts"), import("./belt.ts")]);
  const node: NodeOperations = await connect(options);
  const idOf = async (belt: string): Promise<string> => (await node.belt(await findBelt(node, belt))).belt;
  return { node, belt: await idOf(given), idOf };
}

function tell(written: WrittenBelt | undefined, { json }: WritingOptions, sentence: string): void {
  if (written === undefined) return;
  if (json) printJson(written);
  else print(sentence);
}

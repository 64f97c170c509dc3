import { Command } from "commander";
import type { LoadedConfig } from "../config.ts";
import { settingsOf, withConfig, withExamples, withJson, withSettings } from "./command.ts";
import type { Examination, Finding } from "./doctor/examination.ts";
import { print, printable, printJson, printTable, styled } from "./output.ts";

interface DoctorOptions {
  readonly config?: string;
  readonly passphraseFile?: string;
  readonly json?: true;
}

/** `belt doctor`: everything that newcomers get wrong, each with its remedy. */
export function doctorCommand(): Command {
  const command = withConfig(new Command("doctor").summary("find out what is wrong, and what to do"))
    .description(
      "Check this node, running or not: configuration, keys, data, ports, ledger, clock, membership, profile, stations, offers. Changes nothing, and shows no secrets.",
    )
    .option(
      "--passphrase-file <file>",
      "the file with the keys' passphrase (BELT_PASSPHRASE: the passphrase itself)",
    )
    .action(async (options: DoctorOptions) => {
      const { startExamination } = await import("./doctor/examination.ts");
      const examination = startExamination();
      const loaded = await examine(examination, options);
      const { describeConfig } = await import("../config.ts");
      const configuration = loaded === undefined ? [] : describeConfig(loaded);
      const ok = examination.findings.every(({ state }) => state !== "problem");
      if (options.json) printJson({ ok, findings: examination.findings, configuration });
      else {
        for (const finding of examination.findings) printFinding(finding);
        print();
        printTable(
          configuration,
          [
            { title: "SETTING", of: ({ setting }) => setting },
            {
              title: "VALUE",
              of: ({ value }) =>
                value === null ? "none" : typeof value === "object" ? JSON.stringify(value) : String(value),
            },
            { title: "FROM", of: ({ origin, at }) => (at === "" ? origin : at) },
          ],
          "There is no configuration to show.",
        );
      }
      if (!ok) process.exitCode = 1;
    });
  return withExamples(
    withSettings(withJson(command)),
    ["belt doctor", "the node of ./belt.config.json; exit code 1 when something is wrong"],
    [
      "belt doctor --json | jq '.findings[] | select(.state == \"problem\")'",
      "only the problems, for a program",
    ],
  );
}

async function examine(examination: Examination, options: DoctorOptions): Promise<LoadedConfig | undefined> {
  const [machine, ledger, { loadConfig }, { givenPassphrase }] = await Promise.all([
    import("./doctor/machine.ts"),
    import("./doctor/ledger.ts"),
    import("../config.ts"),
    import("./passphrase.ts"),
  ]);
  await machine.checkNodeVersion(examination);
  const loaded = await examination.check("configuration", async () => {
    const flags = settingsOf({ ...options });
    const value = await loadConfig({ file: options.config, folder: process.cwd(), env: process.env, flags });
    const advice = adviceOn(value);
    return {
      value,
      sentence: `${value.file ?? "What flags and variables give"} is a configuration.`,
      advice,
    };
  });
  if (loaded === undefined) {
    examination.skip("everything else", "It needs the configuration.");
    return undefined;
  }
  const { config } = loaded;
  const keys = await machine.checkKeys(examination, config, await givenPassphrase(options.passphraseFile));
  await machine.checkData(examination, config);
  await machine.checkStore(examination, config);
  const running = await machine.checkPorts(examination, config, keys);
  const stations = await ledger.checkStations(examination, config);
  const reader = await ledger.checkLedger(examination, config);
  try {
    if (reader === undefined) examination.skip("clock, membership, profile, offers", "They need the ledger.");
    else {
      await ledger.checkClocks(examination, reader);
      if (keys === undefined) examination.skip("membership, profile, offers", "They need the keys.");
      else {
        await ledger.checkProfile(examination, config, { reader, keys });
        await ledger.checkOffers(examination, stations, { reader, keys });
      }
    }
  } finally {
    await reader?.close();
  }
  await machine.checkFace(examination, config, { running, keys });
  return loaded;
}

/** What is allowed, and probably not meant. */
function adviceOn({ config: { api }, warnings }: LoadedConfig): string | undefined {
  const local = api.host === "localhost" || api.host === "::1" || api.host.startsWith("127.");
  const open = local
    ? []
    : [
        `The operator's API listens at ${api.host}, for other machines too, and its token travels unencrypted.`,
      ];
  const all = [...warnings, ...open];
  return all.length === 0 ? undefined : all.join(" ");
}

const marks = {
  ok: ["green", "ok     "],
  warning: ["yellow", "warning"],
  problem: ["red", "PROBLEM"],
  skipped: ["dim", "skipped"],
} as const;

function printFinding({ check, state, sentence, remedy, code, at }: Finding): void {
  const [style, mark] = marks[state];
  const name = code === undefined ? "" : `${code}: `;
  const place = at === undefined ? "" : ` (at ${at})`;
  print(
    `${styled(style, mark)}  ${styled("bold", check)}  ${printable(`${name}${sentence.replace(/\.$/, "")}${place}.`)}`,
  );
  if (remedy !== undefined) print(`         ${styled("dim", "→")} ${printable(remedy)}`);
}

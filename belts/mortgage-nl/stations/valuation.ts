import { defineHttpStation } from "../../../nodes/stations/index.ts";
import type { EnergyLabel } from "../norms/pack.ts";
import { cents, closed, day, energyLabel } from "./schemas.ts";

interface Input {
  object: string;
}

interface Output {
  value: number;
  valuedOn: string;
  energyLabel: EnergyLabel;
}

/** What is the home worth, since when, and which energy label has it? */
export default defineHttpStation<Input, Output, Output & { object: string }>({
  name: "valuation",
  version: "1.0.0",
  title: { en: "Valuation of the home", nl: "Taxatie van de woning" },
  input: closed({ object: { type: "string", pattern: "^[A-Z0-9-]{1,32}$" } }),
  output: closed({ value: cents, valuedOn: day, energyLabel }),
  request: ({ object }) => ({ path: `/v1/valuations/${encodeURIComponent(object)}` }),
  response: ({ value, valuedOn, energyLabel }) => ({ value, valuedOn, energyLabel }),
});

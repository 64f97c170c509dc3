/** The configuration of one node: read from file, environment and flags, checked, and shown with its sources. */
export { type ConfigLine, describeConfig, withoutSecrets } from "./config/describe.ts";
export {
  type ConfigInput,
  configFileName,
  type LoadedConfig,
  loadConfig,
} from "./config/load.ts";
export type { Origin, Source } from "./config/merge.ts";
export type { Config, StationEntry } from "./config/schema.ts";

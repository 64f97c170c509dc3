import { z } from "zod";
import { Name } from "../../pipeline/belt/index.ts";
import { JsonValue } from "../../pipeline/json.ts";
import { logLevels } from "../settings.ts";

const Host = z.string().min(1).max(253);
const Port = z.int().min(0).max(65_535);
const WebUrl = z.url({ protocol: /^https?$/, error: "use an http or https URL" }).max(2_000);

/** What a node spends at most; a partner or an operator cannot make it spend more. */
const Limits = z.strictObject({
  /** Cases that stations of this node work on at the same time. */
  concurrency: z.int().min(1).max(1_024).default(32),
  /** Cases that are worked on, wait for that or for the disk; beyond it partners are asked to come back later. */
  waitingCases: z.int().min(1).max(16_777_216).default(262_144),
  /** Transactions that are sent and not yet in a block. */
  pendingTransactions: z.int().min(1).max(64).default(16),
  /** Bytes of a request's body on the operator's API. */
  requestBytes: z
    .int()
    .min(1_024)
    .max(256 * 1024 * 1024)
    .default(32 * 1024 * 1024),
});

/** A station that this node runs: a module whose default export is made with a define function. */
export const StationEntry = z.strictObject({
  /** The module's file, TypeScript or JavaScript; it becomes absolute. */
  module: z.string().min(1).max(1_000),
  /** The station's own settings; text that begins with `./` or `../` is a path and becomes absolute. */
  settings: z.record(z.string(), JsonValue).default({}),
});
export type StationEntry = z.infer<typeof StationEntry>;

/** The configuration of one node. */
export const Config = z.strictObject({
  /** The member's name, as it is admitted on the ledger. */
  name: Name,
  /** The folder of what the node keeps; its keys are in `keys` there. */
  data: z.string().min(1).default("./data"),
  /** The PostgreSQL database of what the node keeps besides its keys; a folder in `data` when it is left out. */
  store: z
    .url({ protocol: /^postgres(?:ql)?$/, error: "use a URL such as postgres://user@host/database" })
    .max(2_000)
    .optional(),
  ledger: z.strictObject({
    /** The JSON-RPC URL of a node of the ledger's network. */
    url: WebUrl,
    /** The address of the Directory contract. */
    directory: z
      .string()
      .regex(/^0x[0-9a-fA-F]{40}$/, "use an address: 0x and 40 hexadecimal digits")
      .transform((address) => address.toLowerCase()),
    /** The chain that it must be; any when it is left out. */
    chainId: z.int().positive().optional(),
  }),
  /** Where the partner face listens. */
  listen: z.strictObject({ host: Host.default("127.0.0.1"), port: Port.default(7300) }).prefault({}),
  /** The URL under which partners reach the partner face; made from `listen` when it is left out. */
  url: WebUrl.optional(),
  /** The URL under which this member's other workers reach the partner face, where they share a store. */
  workerUrl: WebUrl.optional(),
  /** Where the operator's API listens. */
  api: z.strictObject({ host: Host.default("127.0.0.1"), port: Port.default(7301) }).prefault({}),
  stations: z.array(StationEntry).max(64).default([]),
  /** Where traces go, if anywhere: an OpenTelemetry collector that takes OTLP over HTTP. */
  traces: z.strictObject({ endpoint: WebUrl.optional() }).prefault({}),
  log: z.strictObject({ level: z.enum(logLevels).default("info") }).prefault({}),
  limits: Limits.prefault({}),
});
/** A complete configuration: paths are absolute, defaults are filled in, and `url` is always there. */
export type Config = Omit<z.output<typeof Config>, "url"> & { readonly url: string };

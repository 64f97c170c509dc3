export const logLevels = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;

/** The settings that an environment variable and a flag can give, with the kind of value each takes. */
export const settings = [
  { path: "name", kind: "text", help: "the member's name" },
  { path: "data", kind: "text", help: "the folder of what the node keeps" },
  {
    path: "store",
    kind: "text",
    help: "the PostgreSQL URL of what the node keeps, if not in its data folder",
  },
  { path: "ledger.url", kind: "text", help: "JSON-RPC URL of the ledger's network" },
  { path: "ledger.directory", kind: "text", help: "address of the Directory contract" },
  { path: "ledger.chainId", kind: "number", help: "the chain id that the ledger must have" },
  { path: "listen.host", kind: "text", help: "where the partner face listens" },
  { path: "listen.port", kind: "number", help: "the partner face's port" },
  { path: "url", kind: "text", help: "the URL under which partners reach this node" },
  { path: "workerUrl", kind: "text", help: "the URL under which the member's other workers reach this one" },
  { path: "api.host", kind: "text", help: "where the operator's API listens" },
  { path: "api.port", kind: "number", help: "the operator API's port" },
  { path: "stations", kind: "json", help: "the stations, as JSON" },
  { path: "log.level", kind: "text", help: `how much is logged: ${logLevels.join(", ")}` },
  {
    path: "traces.endpoint",
    kind: "text",
    help: "URL of an OpenTelemetry collector (OTLP over HTTP)",
    standard: "OTEL_EXPORTER_OTLP_ENDPOINT",
  },
  {
    path: "limits.concurrency",
    kind: "number",
    help: "cases worked on at the same time within the node; stations in processes of their own bound themselves",
  },
  { path: "limits.waitingCases", kind: "number", help: "cases that may wait at the stations" },
  { path: "limits.pendingTransactions", kind: "number", help: "transactions that may be pending" },
  {
    path: "limits.requestBytes",
    kind: "number",
    help: "the largest request to the operator's API, in bytes",
  },
] as const satisfies readonly Setting[];

export interface Setting {
  readonly path: string;
  readonly kind: "text" | "number" | "json";
  readonly help: string;
  /** A variable that gives it to programs of every kind; this product's own is stronger. */
  readonly standard?: string;
}

const words = (path: string): string[] => path.replace(/[A-Z]/g, (letter) => `.${letter}`).split(".");

/** The environment variable of a setting: `ledger.chainId` is `BELT_LEDGER_CHAIN_ID`. */
export const variableOf = (path: string): string => `BELT_${words(path).join("_").toUpperCase()}`;

/** The flag of a setting: `ledger.chainId` is `--ledger-chain-id`. */
export const flagOf = (path: string): string => `--${words(path).join("-").toLowerCase()}`;

import { z } from "zod";
import { complaintOf } from "../../pipeline/complaint.ts";
import { BeltError } from "../../pipeline/errors.ts";
import type { JsonObject } from "./station.ts";

const Milliseconds = z.number().int().min(1).max(86_400_000);

/** What every kind of station has among its settings. */
export const CommonSettings = z.looseObject({
  /** The limit of the work on one case, retries included, in milliseconds. */
  timeoutMs: Milliseconds.default(30_000),
  /** How often a case is tried in all that crashes the station, holds it up or has it throw. */
  attempts: z.number().int().min(1).max(20).default(3),
  /**
   * How long a case that crashed the station or held it up, as often as it may be tried, is held for the operator before
   * it is failed, in milliseconds; never longer than half of the time that is left until its sheet's deadline.
   */
  quarantineMs: z.number().int().min(0).max(2_592_000_000).default(3_600_000),
  /**
   * Whether the station works in a process of its own, where it cannot stop the node. By default those do whose own
   * code does the work (functions) or whose work cannot be interrupted otherwise (SQL).
   */
  isolated: z.boolean().optional(),
  /** What becomes of the lines that the station's process prints: they may tell of cases. */
  prints: z.enum(["counted", "logged"]).default("counted"),
  /** What the station's process may take, in MB. */
  memoryMb: z.number().int().min(128).max(1_048_576).default(512),
  /** How many processes there may be at most, while the others compute without a pause. */
  processes: z.number().int().min(2).max(64).default(4),
});
export type CommonSettings = z.infer<typeof CommonSettings>;

export const HttpSettings = z.looseObject({
  ...CommonSettings.shape,
  /** Where the member's own service is; paths of requests are added to it. */
  url: z.url({ protocol: /^https?$/, error: "give the http or https URL of the member's service" }),
  /** The limit of one attempt, in milliseconds. */
  attemptTimeoutMs: Milliseconds.default(10_000),
  /** How often a request is tried again. */
  retries: z.number().int().min(0).max(20).default(3),
  /** The upper bound of the first pause, in milliseconds; it doubles with each retry. */
  retryDelayMs: Milliseconds.default(200),
  /** The longest pause, in milliseconds. A service that asks for more is not asked again. */
  maxDelayMs: Milliseconds.default(10_000),
  /** The largest response, in bytes. */
  maxBytes: z.number().int().min(1).max(67_108_864).default(1_048_576),
  /** How many connections are open to the service at most. */
  connections: z.number().int().min(1).max(1_024).default(32),
  /** Sent with every request: a key of the service, say. */
  headers: z.record(z.string(), z.string()).default({}),
});
export type HttpSettings = z.infer<typeof HttpSettings>;

export const SqlSettings = z.looseObject({
  ...CommonSettings.shape,
  /** The file of the member's SQLite database. */
  database: z.string().min(1),
  /** How many rows a query may give; more is a failure, never a silent cut. */
  maxRows: z.number().int().min(1).max(100_000).default(1_000),
  /** How long to wait for another process's lock on the database, in milliseconds. */
  busyTimeoutMs: z.number().int().min(0).max(60_000).default(1_000),
});
export type SqlSettings = z.infer<typeof SqlSettings>;

export const TimerSettings = z.looseObject({
  ...CommonSettings.shape,
  /** The longest wait, in milliseconds, whatever the station says: for demonstrations and tests. */
  waitMs: z.number().int().min(0).optional(),
});

/**
 * What every kind of station has among its settings.
 *
 * @throws {BeltError} `STATION_SETTINGS_INVALID`
 */
export const commonSettings = (settings: JsonObject): CommonSettings => readCommon(settings);

/**
 * A function that parses a station's settings. Parsed once for each settings object, since the node hands over
 * the same one with every case.
 *
 * @throws {BeltError} `STATION_SETTINGS_INVALID` (from the function it returns), at the setting's pointer.
 */
export function settingsReader<Settings>(schema: z.ZodType<Settings>): (settings: JsonObject) => Settings {
  const known = new WeakMap<JsonObject, Settings>();
  return (settings) => {
    const before = known.get(settings);
    if (before !== undefined) return before;
    const parsed = schema.safeParse(settings);
    if (!parsed.success) {
      const { at, sentence } = complaintOf(parsed.error);
      throw new BeltError("STATION_SETTINGS_INVALID", `The station's setting ${at}: ${sentence}`, {
        at,
      });
    }
    known.set(settings, parsed.data);
    return parsed.data;
  };
}

const readCommon = settingsReader(CommonSettings);

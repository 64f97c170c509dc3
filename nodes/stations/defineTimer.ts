import { BeltError } from "../../pipeline/errors.ts";
import { settingsReader, TimerSettings } from "./settings.ts";
import type { JsonObject, Station, StationContract, WorkContext } from "./station.ts";

export interface TimerContext extends WorkContext {
  /** When the case first came to wait here, in milliseconds since 1970: the same after every restart. */
  readonly startedAt: number;
}

export interface TimerDefinition<Input extends object, Output extends object> extends StationContract {
  /**
   * When the wait is over: a date, or milliseconds since 1970. Count from `startedAt`, never from `now`, and
   * let nothing else in that changes between two calls: it is asked again when the node restarts.
   *
   * @throws {Unprocessable} when the case itself cannot be processed.
   */
  until(input: Input, context: TimerContext): Date | number;
  /** What the station gives when the wait is over; an empty object when absent. */
  after?(input: Input, context: TimerContext): Output | Promise<Output>;
}

/**
 * A station that waits until a time, days away if need be; nothing runs meanwhile, and a restart of the node does
 * not move the time.
 *
 * Settings: `waitMs` is the longest wait, in milliseconds, whatever the station says: for demonstrations and tests.
 */
export function defineTimerStation<Input extends object = JsonObject, Output extends object = JsonObject>(
  definition: TimerDefinition<Input, Output>,
): Station {
  const { until, after, ...contract } = definition;
  const read = settingsReader(TimerSettings);
  return {
    ...contract,
    kind: "timer",
    ready: (settings) => void read(settings),
    async work(input, context, resumed) {
      const startedAt = resumed?.from === "timer" ? resumed.startedAt : context.now;
      const timed: TimerContext = { ...context, startedAt };
      // The engine has checked the input against the input schema, which is what `Input` says in TypeScript.
      const typed = input as Input;
      const planned = Math.ceil(Number(until(typed, timed)));
      if (!Number.isSafeInteger(planned)) throw new BeltError("STATION_FAILED", "The wait has no end.");
      const { waitMs } = read(context.settings);
      const end = waitMs === undefined ? planned : Math.min(planned, startedAt + waitMs);
      if (context.now < end) return { status: "timer", until: end };
      return { status: "done", output: after === undefined ? {} : await after(typed, timed) };
    },
  };
}

import { styleText } from "node:util";
import { type Logger, pino } from "pino";
import { z } from "zod";
import { errorInLog } from "./errorInLog.ts";
import { printable } from "./output.ts";

interface Target {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

/** A log of JSON lines; at a terminal of lines that are easier to read. */
export function createLog(level: string, target: Target): Logger {
  const timestamp = (): string => `,"time":"${new Date().toISOString()}"`;
  const write =
    target.isTTY === true
      ? (line: string) => target.write(`${readable(line)}\n`)
      : (line: string) => target.write(line);
  return pino({ level, base: null, timestamp, serializers: { err: errorInLog } }, { write });
}

const Line = z.looseObject({
  level: z.number(),
  time: z.string(),
  msg: z.string().default(""),
  err: z
    .looseObject({ type: z.string(), message: z.string().optional(), code: z.string().optional() })
    .optional(),
});

const styles = [
  [50, "red", "error"],
  [40, "yellow", "warn"],
  [30, "green", "info"],
  [0, "dim", "debug"],
] as const;

function readable(line: string): string {
  const { level, time, msg, err, ...rest } = Line.parse(JSON.parse(line));
  const [, style, name] = styles.find(([least]) => level >= least) ?? styles[3];
  const more = Object.entries(rest).map(
    ([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  const problem = err === undefined ? [] : [[err.code ?? err.type, err.message].filter(Boolean).join(": ")];
  const text = [msg, ...problem, ...more].map(printable).join("  ");
  const stream = process.stderr;
  return `${styleText("dim", time.slice(11, 19), { stream })} ${styleText(style, name.padEnd(5), { stream })} ${text}`;
}

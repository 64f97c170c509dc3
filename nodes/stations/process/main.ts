/**
 * The program of a station's process: loads the station, works on the cases that the node sends, and says how each
 * ended. It ends when the node does, since the stream between them ends then.
 */
import { Socket } from "node:net";
import { BeltError } from "../../../pipeline/errors.ts";
import { loadStation } from "../load.ts";
import { workOn } from "../run.ts";
import type { DataUse, JsonObject, Outcome, Station } from "../station.ts";
import { readFrames, writeFrame } from "./frames.ts";
import { type FromProcess, type Order, ToProcess } from "./messages.ts";

/** How long cases are started before the node is heard again, in milliseconds. */
const slice = 5;

type Answer = Extract<ToProcess, { do: "hear" }>["may"];

interface Loaded {
  readonly station: Station;
  readonly settings: JsonObject;
}

const node = new Socket({ fd: 3, readable: true, writable: true });
const ending = new AbortController();
// The node holds what a station gives against its schema: it leaves that to no other process.
const anything = { validate: () => ({ valid: true as const }) };

const waiting: { readonly id: number; readonly order: Order }[] = [];
const questions = new Map<number, (may: Answer) => void>();
let said: FromProcess[] = [];
let asked = 0;
let loaded: Loaded | undefined;
let turnDue = false;
let broken = false;

/** What is said within one turn of the event loop travels together. */
function say(message: FromProcess): void {
  if (broken) return;
  if (said.length === 0) {
    setImmediate(() => {
      const messages = said;
      said = [];
      writeFrame(node, messages);
    });
  }
  said.push(message);
}

async function load(module: string, settings: JsonObject): Promise<void> {
  try {
    loaded = { station: await loadStation(module, { settings }), settings };
    say({ is: "loaded" });
    turnSoon();
  } catch (error) {
    const words = "The station cannot be loaded.";
    const { code, message } = error instanceof BeltError ? error : new BeltError("STATION_INVALID", words);
    say({ is: "refused", problem: { code, message } });
  }
}

function turnSoon(): void {
  if (loaded === undefined || turnDue || waiting.length === 0) return;
  turnDue = true;
  setImmediate(turn, loaded);
}

/** Starts what waits. A station that computes for long is interrupted between two cases, to hear the node. */
function turn(by: Loaded): void {
  turnDue = false;
  const end = performance.now() + slice;
  let started = 0;
  for (const { id, order } of waiting) {
    started++;
    void work(by, id, order).then((outcome) => say({ is: "outcome", id, outcome }));
    if (performance.now() > end) break;
  }
  waiting.splice(0, started);
  turnSoon();
}

function work(
  { station, settings }: Loaded,
  id: number,
  { input, resumed, ...told }: Order,
): Promise<Outcome> {
  const mayUse = (use: DataUse, signal = ending.signal) => ask(id, use, signal);
  const context = { ...told, settings, signal: ending.signal, mayUse };
  return workOn(station, input, context, { output: anything, resumed });
}

/** Asks the node, which knows the ledger, whether data may be used. */
function ask(id: number, { owner, source, purpose }: DataUse, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const question = asked++;
    const leave = (): void => {
      questions.delete(question);
      reject(signal.reason);
    };
    signal.addEventListener("abort", leave, { once: true });
    questions.set(question, (may) => {
      questions.delete(question);
      signal.removeEventListener("abort", leave);
      if (typeof may === "boolean") resolve(may);
      else reject(new BeltError(may.code, may.message));
    });
    say({ is: "asking", id, question, use: { owner, source, purpose } });
  });
}

async function end(): Promise<void> {
  ending.abort();
  await loaded?.station.close?.();
  process.exit(0);
}

/** Says what ended the process and where, without the error's own words: they may tell of a case. */
function fail(error: unknown): void {
  const name = error instanceof Error ? error.name : typeof error;
  const lines = error instanceof Error ? (error.stack ?? "").split("\n") : [];
  const places = lines.filter((line) => /^\s+at /.test(line)).join("\n");
  const thrown = { name: name.slice(0, 100), places: places.slice(0, 8_000) };
  // What a broken station says of its cases from now on is worth nothing.
  broken = true;
  said = [];
  const message: FromProcess = { is: "broken", thrown };
  writeFrame(node, [message], () => process.exit(1));
}

process.on("uncaughtException", fail);
node.on("end", end).on("error", end);
readFrames(node, (messages) => {
  for (const message of ToProcess.parse(messages)) {
    if (message.do === "work") waiting.push(message);
    else if (message.do === "answer") say({ is: "alive" });
    else if (message.do === "hear") questions.get(message.question)?.(message.may);
    else void load(message.module, message.settings);
  }
  turnSoon();
});

/**
 * Loaded before a node (`node --import`): says by which boundaries of its durability it comes, and kills it at one of
 * them, as SIGKILL does. Between any two of them nothing of it outlives its process.
 */

import { subscribe } from "node:diagnostics_channel";
import { appendFileSync } from "node:fs";
import { ClassicLevel } from "classic-level";
import type { Change } from "../../nodes/store/index.ts";
import { kindOf } from "../sim/points.ts";

const { KILL_AT, KILL_NTH = "1", KILL_PASSED } = process.env;
let left = Number(KILL_NTH);

function pass(point: string): void {
  if (KILL_PASSED !== undefined) appendFileSync(KILL_PASSED, `${point}\n`);
  if (point === KILL_AT && --left === 0) process.kill(process.pid, "SIGKILL");
}

/** Transactions are written down before they are sent, each under a name: `report/…`. */
function pointOf(changes: readonly Change[]): string {
  const intent = changes.find(
    ({ type, key }) => type === "put" && /^ledger\/intents\/.*\/pending\//.test(key),
  );
  if (intent?.type !== "put") return kindOf(changes);
  const [, name = "other"] = /"id":"([a-z]+)/.exec(Buffer.from(intent.value).toString("latin1")) ?? [];
  return `put intent ${name}`;
}

const prototype = Object.getPrototypeOf(ClassicLevel.prototype);
const { batch } = prototype;
prototype.batch = async function (this: unknown, changes: readonly Change[], options: unknown) {
  // What the store keeps for itself is no boundary.
  const point = pointOf(changes.filter(({ key }) => key >= " "));
  pass(`before ${point}`);
  await Reflect.apply(batch, this, [changes, options]);
  pass(`after ${point}`);
};

/** The request that a message of undici's is about, and what it changes at whom it is for; undefined for others. */
function changing(message: unknown): { readonly request: object; readonly what: string } | undefined {
  if (typeof message !== "object" || message === null || !("request" in message)) return undefined;
  const { request } = message;
  if (typeof request !== "object" || request === null) return undefined;
  const known = asked.get(request);
  if (known !== undefined) return { request, what: known };
  if ("path" in request && request.path === "/v1/trays") return { request, what: "tray" };
  const isTransaction = "body" in request && String(request.body).includes("eth_sendRawTransaction");
  return isTransaction ? { request, what: "transaction" } : undefined;
}

const asked = new WeakMap<object, string>();
subscribe("undici:request:create", (message) => {
  const found = changing(message);
  if (found === undefined) return;
  asked.set(found.request, found.what);
  pass(found.what === "tray" ? "before send" : "before transaction");
});
subscribe("undici:request:trailers", (message) => {
  const what = changing(message)?.what;
  if (what !== undefined) pass(what === "tray" ? "after acknowledgement" : "after transaction");
});

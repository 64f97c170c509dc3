import { existsSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { defineStation, type Station } from "../../nodes/stations/index.ts";
import { type Application, advance } from "../work/item.ts";
import { application, closed } from "./application.ts";

interface Given {
  readonly application: Application;
}

const content = closed({ application });

/**
 * A station of the chain: what comes in goes on, one step further.
 *
 * Setting `hold` (a file's path): as long as the file is there the station finishes nothing, so that work piles up.
 */
export function step(name: string, title: string): Station {
  return defineStation<Given, Given>({
    name,
    version: "1.0.0",
    title: { en: title },
    input: content,
    output: content,
    process({ application }, { settings: { hold } }) {
      const next = { application: advance(application) };
      return typeof hold === "string" ? whenGone(hold, next) : next;
    },
  });
}

async function whenGone<T>(file: string, value: T): Promise<T> {
  while (existsSync(file)) await pause(100);
  return value;
}

import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";
import { complaintOf } from "../../pipeline/complaint.ts";
import { BeltError } from "../../pipeline/errors.ts";
import { offerDocumentOf } from "./offer.ts";
import { oneLine } from "./reason.ts";
import { commonSettings } from "./settings.ts";
import { type JsonObject, type Station, stationKinds } from "./station.ts";

const Callable = z.custom<(...parameters: never[]) => unknown>((value) => typeof value === "function", {
  error: "is not a function",
});

/** What makes a value a station; its name, version, texts and schemas are checked as the offer's document. */
const StationShape = z.looseObject({
  kind: z.enum(stationKinds),
  work: Callable,
  ready: Callable.optional(),
  close: Callable.optional(),
});

/**
 * Loads a station from its file, TypeScript or JavaScript, and asks whether it can work with the settings.
 *
 * @throws {BeltError} `STATION_INVALID`, with the file, when the file is missing, has an error or exports no
 *   station; `STATION_SETTINGS_INVALID` when the station cannot work with the settings.
 */
export async function loadStation(
  modulePath: string,
  { settings = {} }: { readonly settings?: JsonObject } = {},
): Promise<Station> {
  const file = resolve(modulePath);
  const refuse = (what: string, cause?: unknown): never => {
    throw new BeltError("STATION_INVALID", `The station's file ${file} ${what}`, { at: file, cause });
  };
  const found = await stat(file).catch((cause: unknown) =>
    refuse("cannot be read: is the name right?", cause),
  );
  if (!found.isFile()) refuse("is not a file.");
  const module: { readonly default?: unknown } = await import(pathToFileURL(file).href).catch(
    async (cause: unknown) => refuse(`cannot be loaded: ${await whyNot(cause, file)}`, cause),
  );
  if (module.default === undefined) refuse("has no default export.");
  const station = module.default;
  if (!isStation(station)) return refuse(`exports by default what is not a station: ${misfit(station)}.`);
  try {
    offerDocumentOf(station);
    commonSettings(settings);
    await station.ready?.(settings);
  } catch (cause) {
    if (!(cause instanceof BeltError)) return refuse(`cannot work: ${await whyNot(cause, file)}`, cause);
    throw new BeltError(cause.code, `${cause.message} (${file})`, { at: cause.at ?? file, cause });
  }
  return station;
}

function isStation(value: unknown): value is Station {
  return StationShape.safeParse(value).success;
}

function misfit(value: unknown): string {
  const { error } = StationShape.safeParse(value);
  if (error === undefined) return "";
  const { at, sentence } = complaintOf(error);
  return `${at || "/"}: ${sentence}`;
}

/** What stopped a module from loading: the error, and the file and line of an error of syntax. */
async function whyNot(error: unknown, file: string): Promise<string> {
  if (!(error instanceof Error)) return "it threw what is not an error.";
  const place = error instanceof SyntaxError ? await placeOf(error, file) : undefined;
  return `${place === undefined ? "" : `${place}: `}${oneLine(error.message, error.name)}`;
}

/** `FILE:LINE` of an error of syntax: Node says it for TypeScript at once, for JavaScript only when asked to check. */
async function placeOf(error: SyntaxError, file: string): Promise<string | undefined> {
  const place = /^(?:file:\/\/)?(\/.*:\d+)\n/;
  const known = place.exec(error.stack ?? "")?.[1];
  if (known !== undefined) return known;
  const checked = await promisify(execFile)(process.execPath, ["--check", file]).catch(
    (refusal: unknown) => refusal,
  );
  const said = typeof checked === "object" && checked !== null && "stderr" in checked ? checked.stderr : "";
  return place.exec(String(said))?.[1];
}

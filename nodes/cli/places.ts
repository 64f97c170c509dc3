import { BeltError } from "../../pipeline/errors.ts";

/** Says in a command's own words where a node finds something wrong in what it was sent. */
export type Places = (at: string) => string;

/**
 * Places by the names of the request's parts: what an option or argument is called, or how to name a place within
 * what a file held. Others stay as the node calls them.
 */
export function placesOf(parts: Readonly<Record<string, string | ((pointer: string) => string)>>): Places {
  return (at) => {
    const [, name = "", pointer = ""] = /^\/?(\w+)(\/.*)?$/s.exec(at) ?? [];
    const place = Object.hasOwn(parts, name) ? parts[name] : undefined;
    if (place === undefined) return at;
    return typeof place === "string" ? place : place(pointer);
  };
}

/** Places in a file that was sent as it is. */
export const placesIn =
  (file: string): Places =>
  (at) =>
    at.startsWith("/") ? `${file}#${at}` : at;

/** Does something, and moves the place of its error into the command's own words. */
export async function inPlaces<T>(places: Places, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof BeltError) || error.at === undefined) throw error;
    throw error.placedAt(places(error.at));
  }
}

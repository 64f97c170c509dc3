import { unreachable } from "./request.ts";

/** One server-sent event: its name and its data, still as text. */
export interface ReceivedEvent {
  readonly name: string;
  readonly data: string;
}

/**
 * Reads Server-Sent Events (WHATWG HTML, section 9.2) from an answer: the fields `event` and `data`, comments and
 * others left out.
 *
 * @throws {BeltError} `API_UNREACHABLE` when the connection breaks
 */
export async function* readEvents(
  response: Response,
  url: string,
): AsyncGenerator<ReceivedEvent, void, undefined> {
  let name = "message";
  let data: string[] = [];
  for await (const line of linesOf(response, url)) {
    if (line === "") {
      if (data.length > 0) yield { name, data: data.join("\n") };
      name = "message";
      data = [];
      continue;
    }
    const [, field = "", value = ""] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    if (field === "event") name = value;
    if (field === "data") data.push(value);
  }
}

async function* linesOf(response: Response, url: string): AsyncGenerator<string, void, undefined> {
  if (response.body === null) return;
  let rest = "";
  try {
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split(/\r?\n/);
      rest = lines.pop() ?? "";
      yield* lines;
    }
  } catch (cause) {
    throw unreachable(url, cause);
  }
}

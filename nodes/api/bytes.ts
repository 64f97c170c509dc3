import { once } from "node:events";
import type { ServerResponse } from "node:http";

export interface BytesOptions {
  readonly signal: AbortSignal;
  /** Is told of an error that broke the answer off. */
  readonly failed: (error: unknown) => void;
}

/** Sends bytes as they come, and waits for a slow reader. What fails after the beginning breaks the connection off. */
export async function sendBytes(
  response: ServerResponse,
  pieces: AsyncIterable<Uint8Array>,
  { signal, failed }: BytesOptions,
): Promise<void> {
  try {
    for await (const piece of pieces) {
      if (!response.headersSent) response.writeHead(200, { "content-type": "application/octet-stream" });
      if (!response.write(piece)) await once(response, "drain", { signal });
      signal.throwIfAborted();
    }
    response.end();
  } catch (error) {
    if (!response.headersSent) throw error;
    if (!signal.aborted) failed(error);
    response.destroy();
  }
}

import type { Socket } from "node:net";

const lengthBytes = 4;

/** Writes messages onto a stream: their JSON behind its length in bytes, 4 bytes little-endian. */
export function writeFrame(stream: Socket, messages: readonly unknown[], written?: () => void): void {
  const text = JSON.stringify(messages);
  const frame = Buffer.allocUnsafe(lengthBytes + Buffer.byteLength(text));
  frame.writeUInt32LE(frame.length - lengthBytes);
  frame.write(text, lengthBytes);
  stream.write(frame, written);
}

/** Calls `take` with the JSON value of every frame that comes in, as often as one is complete. */
export function readFrames(stream: Socket, take: (messages: unknown) => void): void {
  let chunks: Buffer[] = [];
  let have = 0;
  let need = lengthBytes;
  stream.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    have += chunk.length;
    if (have < need) return;
    // Joined only when a frame is complete: a large one that comes in many pieces is copied once.
    let bytes = chunks.length === 1 ? chunk : Buffer.concat(chunks);
    for (;;) {
      need = lengthBytes + (bytes.length < lengthBytes ? 0 : bytes.readUInt32LE());
      if (bytes.length < need || bytes.length < lengthBytes) break;
      const text = bytes.toString("utf8", lengthBytes, need);
      bytes = bytes.subarray(need);
      take(JSON.parse(text));
    }
    chunks = bytes.length === 0 ? [] : [bytes];
    have = bytes.length;
  });
}

import pino from "pino";
import { expect, test } from "vitest";
import { type AnewParts, runAnew } from "../../nodes/anew.ts";

const log = pino({ enabled: false });
const place = (port: number) => ({ host: "127.0.0.1", port });
const why = "Another worker leads.";

/** A node whose every start is told of. @param fails - whether that start, counted from 1, does */
function restarting({ fails, stops }: { fails: (start: number) => boolean; stops: AbortController }) {
  const pauses: number[] = [];
  const starts: Parameters<AnewParts["start"]>[] = [];
  const node = runAnew({
    log,
    faces: { listen: place(0), api: place(0) },
    signal: stops.signal,
    clock: { sleep: async (milliseconds) => void pauses.push(milliseconds) },
    async start(...parts) {
      starts.push(parts);
      if (fails(starts.length)) throw new Error("The database is away.");
      const [, { signal }] = parts;
      const stopped = Promise.withResolvers<void>();
      signal.addEventListener("abort", () => stopped.resolve(), { once: true });
      return { url: "http://127.0.0.1:4001", apiUrl: "http://127.0.0.1:4002", stopped: stopped.promise };
    },
  });
  return { node, starts, pauses };
}

test("a node that cannot begin anew is tried again less and less often, each minute in the end", async () => {
  const stops = new AbortController();
  const fails = (start: number): boolean => (start > 1 && start <= 10) || start === 12;
  const { node, starts, pauses } = restarting({ fails, stops });
  await node;
  starts[0]?.[1].over(why, "follower");
  await expect.poll(() => starts.length).toBe(11);
  starts[10]?.[1].over(why, "candidate");
  await expect.poll(() => starts.length).toBe(13);
  // In between it had begun.
  const seconds = [1, 2, 4, 8, 16, 32, 60, 60, 60, 1];
  expect(pauses).toEqual(seconds.map((each) => 1_000 * each));
  stops.abort();
  await (await node).stopped;
});

test("it begins anew where it listened, and as what it is to join", async () => {
  const stops = new AbortController();
  const { node, starts } = restarting({ fails: () => false, stops });
  expect(await node).toMatchObject({ url: "http://127.0.0.1:4001", apiUrl: "http://127.0.0.1:4002" });
  starts[0]?.[1].over(why, "follower");
  await expect.poll(() => starts.length).toBe(2);
  expect(starts.map(([faces, { joins }]) => ({ faces, joins }))).toEqual([
    { faces: { listen: place(0), api: place(0) }, joins: "candidate" },
    { faces: { listen: place(4001), api: place(4002) }, joins: "follower" },
  ]);
  stops.abort();
  await (await node).stopped;
});

test("a first start that fails is whoever starts it to hear of", async () => {
  const { signal } = new AbortController();
  const start: AnewParts["start"] = () => Promise.reject(new Error("The port is in use."));
  const faces = { listen: place(0), api: place(0) };
  await expect(runAnew({ log, faces, signal, start, clock: { sleep: async () => {} } })).rejects.toThrow(
    "The port is in use.",
  );
});

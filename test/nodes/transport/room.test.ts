import { createServer, request } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { listen } from "../../../nodes/listen.ts";
import { createTransport, partnerRoutes } from "../../../nodes/transport/index.ts";
import { trayType } from "../../../pipeline/tray/index.ts";
import { until } from "../../support/until.ts";

const never = new AbortController().signal;

test("a node that has its hands full asks for patience before it reads another tray", async () => {
  const held: (() => void)[] = [];
  let most = 0;
  const routes = partnerRoutes(
    {
      accept: () =>
        new Promise((resolve) => {
          held.push(() => resolve("acknowledged"));
          most = Math.max(most, held.length);
        }),
      document: async () => undefined,
      manifest: async () => undefined,
      copies: async () => "",
      about: { member: "0x", version: "1", trays: [1] },
    },
    { most: 10_000 },
  );
  const { url, close } = await listen(createServer(routes), { host: "127.0.0.1", port: 0 });
  onTestFinished(close);
  const transport = createTransport();
  onTestFinished(() => transport.close());
  const tray = (size: number): Promise<string> => transport.deliver(url, Buffer.alloc(size), never);

  const first = [tray(4_000), tray(4_000)];
  await until(() => held.length === 2);
  const refusal = { code: "OVERLOADED", retryAfter: 1 };
  const more = Array.from({ length: 20 }, () => tray(4_000));
  for (const each of more) await expect(each).rejects.toMatchObject(refusal);
  // One that does not say how long it is may be as long as any.
  const { status, after } = await new Promise<{ status: number | undefined; after: string | undefined }>(
    (resolve) => {
      const headers = { "content-type": trayType, "transfer-encoding": "chunked" };
      const asked = request(`${url}/v1/trays`, { method: "POST", headers }, (answer) => {
        answer.resume();
        resolve({ status: answer.statusCode, after: answer.headers["retry-after"] });
      });
      asked.on("error", () => undefined);
      asked.end("x");
    },
  );
  expect([status, after]).toEqual([503, "1"]);
  expect(most).toBe(2);

  for (const release of held.splice(0)) release();
  expect(await Promise.all(first)).toEqual(["acknowledged", "acknowledged"]);
  // A single one is taken, however long.
  const large = tray(40_000);
  await until(() => held.length === 1);
  held[0]?.();
  expect(await large).toBe("acknowledged");
});

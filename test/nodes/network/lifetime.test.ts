import { describe, expect, it } from "vitest";
import { createLifetime } from "../../../nodes/network/lifetime.ts";

describe("the lifetime of a network", () => {
  it("lets go of what came last first, once, and waits for each", async () => {
    const lifetime = createLifetime();
    const done: string[] = [];
    lifetime.atEnd(() => done.push("first"));
    lifetime.atEnd(async () => {
      await Promise.resolve();
      done.push("second");
    });
    await Promise.all([lifetime.end(), lifetime.end()]);
    expect(done).toEqual(["second", "first"]);
    expect(lifetime.signal.aborted).toBe(true);
  });

  it("ends a start with the first failure, when none of it goes on any more", async () => {
    const lifetime = createLifetime();
    const first = new Error("first");
    let ended = false;
    const waiting = new Promise<void>((resolve) => {
      lifetime.signal.addEventListener("abort", () => {
        ended = true;
        resolve();
      });
    });
    await expect(lifetime.all(waiting, Promise.reject(first))).rejects.toBe(first);
    expect(ended).toBe(true);
    expect(() => lifetime.isUp()).toThrow(first);
  });

  it("gives the results of all", async () => {
    const [one, two] = await createLifetime().all(Promise.resolve(1), Promise.resolve("two"));
    expect([one, two]).toEqual([1, "two"]);
  });

  it("is broken off by the outer signal while it starts, and ended in good order once it is up", async () => {
    for (const up of [false, true]) {
      const outer = new AbortController();
      const lifetime = createLifetime(outer.signal);
      let abortedBefore: boolean | undefined;
      lifetime.atEnd(() => {
        abortedBefore = lifetime.signal.aborted;
      });
      if (up) lifetime.isUp();
      outer.abort(new Error("enough"));
      await lifetime.end();
      expect(abortedBefore).toBe(!up);
    }
  });

  it("does not start when the outer signal was aborted before", () => {
    const lifetime = createLifetime(AbortSignal.abort(new Error("enough")));
    expect(() => lifetime.isUp()).toThrow("enough");
  });

  it("does not mind failures once it is up", () => {
    const lifetime = createLifetime();
    lifetime.isUp();
    lifetime.fail(new Error("a crash"));
    expect(lifetime.signal.aborted).toBe(false);
  });
});

import { describe, expect, it } from "vitest";
import { createLine } from "../../../nodes/ledger/line.ts";

describe("a line", () => {
  const never = new AbortController().signal;
  it("gives places and turns in the order of asking", async () => {
    const line = createLine(2);
    const told: string[] = [];
    const [one, two] = await Promise.all([line.enter(never), line.enter(never)]);
    const third = line.enter(never).then((place) => {
      told.push("third has a place");
      return place;
    });
    const turn = two.turn.then(() => told.push("two has its turn"));
    one.passOn();
    await turn;
    expect(told).toEqual(["two has its turn"]);
    two.leave();
    const place = await third;
    two.leave();
    await place.turn;
    expect(told).toEqual(["two has its turn", "third has a place"]);
    // Leaving twice gives one place, not two.
    const fourth = line.enter(never);
    const fifth = line.enter(never).then(() => "fifth");
    one.leave();
    await fourth;
    expect(await Promise.race([fifth, Promise.resolve("nobody")])).toBe("nobody");
  });

  it("is left by who gives up waiting", async () => {
    const line = createLine(1);
    const one = await line.enter(never);
    const giving = new AbortController();
    const two = line.enter(giving.signal);
    const three = line.enter(never);
    giving.abort(new Error("enough"));
    await expect(two).rejects.toThrow("enough");
    one.leave();
    await (await three).turn;
    await expect(line.enter(AbortSignal.abort(new Error("late")))).rejects.toThrow("late");
  });

  it("counts who was there before it opened", async () => {
    const line = createLine(1);
    const [one, two] = [line.takeUp(), line.takeUp()];
    const next = line.enter(never).then(() => "in");
    one.leave();
    expect(await Promise.race([next, Promise.resolve("waiting")])).toBe("waiting");
    two.leave();
    expect(await next).toBe("in");
  });
});

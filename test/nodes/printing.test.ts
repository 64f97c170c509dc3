import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createPrinting } from "../../nodes/printing.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function printing(logged: boolean) {
  const told: unknown[][] = [];
  const log = {
    info: (...line: unknown[]) => void told.push(["info", ...line]),
    warn: (...line: unknown[]) => void told.push(["warn", ...line]),
  };
  return { told, ...createPrinting({ station: "rent", logged, log }) };
}

const line = (text: string, stream: "stdout" | "stderr" = "stdout", cut = 0) => ({ stream, text, cut });

describe("what a station prints", () => {
  test("is counted, and not in the log unless the operator wants it", () => {
    const { told, printed, close } = printing(false);
    for (let number = 0; number < 3; number++) printed(line("Jansen earns 51000"), 7);
    vi.advanceTimersByTime(1_000);
    expect(told).toEqual([["info", { station: "rent", lines: 3 }, expect.stringContaining("not logged")]]);
    // From now on once a minute, as long as it goes on.
    printed(line("Jansen"), 7);
    vi.advanceTimersByTime(59_000);
    printed(line("Jansen"), 7);
    expect(told).toHaveLength(1);
    vi.advanceTimersByTime(1_000);
    expect(told[1]?.[1]).toMatchObject({ lines: 2 });
    printed(line("Jansen"), 7);
    close();
    expect(told[2]?.[1]).toMatchObject({ lines: 1 });
    expect(JSON.stringify(told)).not.toContain("Jansen");
    vi.runAllTimers();
    expect(told).toHaveLength(3);
  });

  test("is logged line by line where the operator wants it, up to a bound", () => {
    const { told, printed, close } = printing(true);
    printed(line("hello"), 7);
    printed(line("x", "stderr", 5), 8);
    expect(told).toEqual([
      ["info", { station: "rent", pid: 7, stream: "stdout", printed: "hello" }, "station printed"],
      ["warn", { station: "rent", pid: 8, stream: "stderr", printed: "x", cut: 5 }, "station printed"],
    ]);
    for (let number = 0; number < 1_000; number++) printed(line("again"), 7);
    expect(told).toHaveLength(100);
    vi.advanceTimersByTime(1_000);
    expect(told[100]).toEqual(["info", { station: "rent", lines: 902 }, "station printed more"]);
    printed(line("later"), 7);
    expect(told[101]?.[1]).toMatchObject({ printed: "later" });
    close();
    expect(told).toHaveLength(102);
  });
});

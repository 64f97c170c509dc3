import { Counter, Histogram, Registry } from "prom-client";
import { expect, it } from "vitest";
import { parseExposition } from "../../nodes/exposition.ts";

it("reads what Prometheus' own library writes", async () => {
  const registry = new Registry();
  const registers = [registry];
  new Counter({ name: "trays_total", help: "Trays.", labelNames: ["edge", "to"], registers }).inc(
    { edge: 'a>b, "c"', to: "line\nand \\ more" },
    3,
  );
  new Histogram({ name: "time_seconds", help: "Time.", buckets: [0.5], registers }).observe(0.25);
  expect(parseExposition(await registry.metrics())).toEqual([
    { name: "trays_total", labels: { edge: 'a>b, "c"', to: "line\nand \\ more" }, value: 3 },
    { name: "time_seconds_bucket", labels: { le: "0.5" }, value: 1 },
    { name: "time_seconds_bucket", labels: { le: "+Inf" }, value: 1 },
    { name: "time_seconds_sum", labels: {}, value: 0.25 },
    { name: "time_seconds_count", labels: {}, value: 1 },
  ]);
});

it("reads numbers that are none, and times behind them, and passes over the rest", () => {
  const text = "a +Inf\nb -Inf\nc NaN\nd 1.5e-3 1767225600000\n# HELP x y\n\nnonsense here too\n";
  expect(parseExposition(text).map(({ name, value }) => [name, value])).toEqual([
    ["a", Number.POSITIVE_INFINITY],
    ["b", Number.NEGATIVE_INFINITY],
    ["c", Number.NaN],
    ["d", 0.0015],
  ]);
});

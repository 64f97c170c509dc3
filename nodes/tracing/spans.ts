import type { Signals, Trace } from "../engine/index.ts";

/** One thing that the node has done, as traces show it. It says which sheet, edge or station it was about, and no more. */
export interface Span {
  readonly name: string;
  readonly kind: "internal" | "producer" | "consumer";
  readonly trace: Trace;
  /** Milliseconds since 1970. */
  readonly start: number;
  readonly end: number;
  readonly attributes: Readonly<Record<string, string | number>>;
  /** The code of the problem that it ended with. */
  readonly problem?: string;
}

/** Makes spans of what the engine says: one a tray or a batch, never one a case. */
export function tellSpans(
  signals: Signals,
  { record, now }: { readonly record: (span: Span) => void; readonly now: () => number },
): void {
  /** What ends now and took so long, if it has a place in a trace. */
  function tell(
    trace: Trace | undefined,
    milliseconds: number,
    span: Omit<Span, "trace" | "start" | "end">,
  ): void {
    // Who began the trace may have it recorded nowhere.
    if (trace?.context.sampled !== true) return;
    const end = now();
    record({ ...span, trace, start: end - Math.max(0, milliseconds), end });
  }

  signals.on("left", ({ sheet, cases, since, trace }) =>
    tell(trace, now() - since, {
      ...{ name: "book", kind: "internal" },
      attributes: { "belt.sheet": sheet, "belt.cases": cases },
    }),
  );
  signals.on("sent", ({ tray: { sheet, edge, tray, to, trace }, milliseconds, attempts }) =>
    tell(trace, milliseconds, {
      ...{ name: `send ${edge}`, kind: "producer" },
      attributes: { ...trayOf({ sheet, edge, tray }), "belt.to": to, "belt.attempts": attempts },
    }),
  );
  signals.on("refused", ({ tray: { sheet, edge, tray, to, trace }, problem, ...event }) => {
    // Another attempt follows, and the tray's span ends with the last one.
    if (!event.final) return;
    tell(trace, event.milliseconds, {
      ...{ name: `send ${edge}`, kind: "producer", problem: problem.code },
      attributes: { ...trayOf({ sheet, edge, tray }), "belt.to": to, "belt.attempts": event.attempts + 1 },
    });
  });
  signals.on("accepted", ({ tray, items, milliseconds, trace }) =>
    tell(trace, milliseconds, {
      ...{ name: `accept ${tray.edge}`, kind: "consumer" },
      attributes: { ...trayOf(tray), "belt.cases": items },
    }),
  );
  signals.on("committed", ({ worked }) => {
    for (const { sheet, station, cases, since, trace } of worked) {
      tell(trace, now() - since, {
        ...{ name: `process ${station}`, kind: "internal" },
        attributes: { "belt.sheet": sheet, "belt.station": station, "belt.cases": cases },
      });
    }
  });
}

const trayOf = ({
  sheet,
  edge,
  tray,
}: {
  readonly sheet: string;
  readonly edge: string;
  readonly tray: number;
}): Span["attributes"] => ({ "belt.sheet": sheet, "belt.edge": edge, "belt.tray": tray });

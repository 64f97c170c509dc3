import type { Logger } from "pino";
import { BeltError } from "../pipeline/errors.ts";
import type { Signals } from "./engine/index.ts";

/** Logs what the engine says: which sheet, edge, station and tray it is about, and nothing that is in a case. */
export function logSignals(signals: Signals, log: Logger): void {
  signals.on("accepted", ({ tray, items }) => log.debug({ ...tray, items }, "tray accepted"));
  signals.on("rejected", ({ problem: { code } }) => log.debug({ code }, "tray not taken"));
  signals.on("sent", ({ tray: { sheet, edge, tray, to } }) =>
    log.debug({ sheet, edge, tray, to }, "tray sent"),
  );
  signals.on("refused", ({ tray: { sheet, edge, tray, to }, problem, attempts }) => {
    const { code, message } = problem;
    const defect = code === "INTERNAL" ? { err: problem } : {};
    log.warn({ sheet, edge, tray, to, code, attempts, ...defect }, `tray not delivered: ${message}`);
  });
  signals.on("committed", ({ worked, milliseconds }) => {
    for (const { sheet, station, cases } of worked) {
      log.debug({ sheet, station, cases, milliseconds }, "cases finished");
    }
  });
  signals.on("quarantined", ({ case: { id, sheet, station, case: number, code, until } }) => {
    const about = { id, sheet, station, case: number, code, until: new Date(until).toISOString() };
    log.warn(about, "case held: it crashed or hung its station; belt quarantine shows it");
  });
  signals.on("left", ({ sheet, cases }) => log.info({ sheet, cases }, "sheet sent off"));
  signals.on("booked", ({ sheet }) => log.info({ sheet }, "sheet booked"));
  signals.on("notBooked", ({ sheet, problem }) =>
    log.error({ sheet, code: problem.code, err: problem }, problem.message),
  );
  signals.on("anchored", ({ size }) => log.info({ size }, "log anchored"));
  signals.on("reported", ({ sheet, station }) => log.info({ sheet, station }, "sheet reported"));
  signals.on("settled", ({ sheet, number }) => log.info({ sheet, station: number }, "report settled"));
  signals.on("disagreed", ({ what, until, ...place }) =>
    log.warn({ ...place, until: new Date(until).toISOString() }, disagreements[what]),
  );
  signals.on("caughtUp", ({ receipts, lost, forgone }) =>
    log.info(
      { receipts, lost, forgone },
      "what was lost since the backup is back, as far as partners have it",
    ),
  );
  signals.on("withdrawn", () => log.info("credit withdrawn"));
  signals.on("closed", ({ sheet }) => log.warn({ sheet }, "sheet closed before it was through"));
  signals.on("trouble", ({ what, problem }) => {
    const code = problem instanceof BeltError ? problem.code : "INTERNAL";
    log.error({ err: problem, code }, `cannot ${what}; it is tried again`);
  });
}

/** What the operator is told of a report that says something else than the receipts. */
const disagreements = {
  disputed:
    "report disputed: the station's receipts deny cases that it reports as done; two supervisors decide",
  "too late": "report not accepted: the station's receipts deny it, and the acceptance window is over",
  missing: "report not accepted: receipts of cases that it reports as done are missing; dispute them in time",
  unclaimed:
    "report accepted: nothing is paid for these cases, though the station's receipts say something else",
} as const;

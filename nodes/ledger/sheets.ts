import { sha256, toHex } from "../../pipeline/bytes.ts";
import { BeltError } from "../../pipeline/errors.ts";
import type { Address, Hash, IndexView, Sheet } from "../../pipeline/index/index.ts";
import { allSlots, unpackCases } from "../../pipeline/index/index.ts";
import type {
  CasesInDispute,
  DisputeDecision,
  StationOfSheet,
  StationReport,
  StationsOfSheet,
} from "./bookingCalls.ts";
import { calls } from "./calls.ts";
import type { LedgerReader } from "./reader.ts";
import type { SubmitOptions } from "./submit.ts";
import { createTogether, type Writing } from "./together.ts";
import type { AfterTime, Write, WriteAfter, Written } from "./write.ts";

/** What becomes of a sheet that is booked. */
export interface Sheets {
  /** Reports a station's cases, or those in some slots: all done but these. */
  report(report: StationReport, options?: SubmitOptions): Promise<Written>;
  /** Accepts stations' reports of a sheet that this account booked: the stations are paid, the rest refunded. */
  accept(stations: StationsOfSheet, options?: SubmitOptions): Promise<Written>;
  /** Does the same in one transaction with what else is reported and accepted at about the same time. */
  readonly together: {
    report(report: StationReport): Promise<Written>;
    accept(stations: StationsOfSheet): Promise<Written>;
  };
  /** Settles reports that their consumer has not accepted within the acceptance window. */
  settle(stations: StationsOfSheet, options?: SubmitOptions): Promise<Written>;
  /** Disputes cases that a station reported as done, of a sheet that this account booked. */
  dispute(cases: CasesInDispute, options?: SubmitOptions): Promise<Written>;
  /** Decides a dispute as a supervisor; what two supervisors decide alike takes effect. */
  resolve(decision: DisputeDecision, options?: SubmitOptions): Promise<Written>;
  /** Ends a dispute that the supervisors did not decide in time: the report stands. */
  lapse(station: StationOfSheet, options?: SubmitOptions): Promise<Written>;
  /** Cancels a sheet that this account booked: its deadline comes forward. */
  cancelSheet(sheet: Hash, options?: SubmitOptions): Promise<Written>;
  /** Gives up what a station of this account has not reported of a sheet. */
  decline(station: StationOfSheet, options?: SubmitOptions): Promise<Written>;
  /** Refunds what the stations of a sheet have not reported by its deadline. */
  expire(sheet: Hash, options?: SubmitOptions): Promise<Written>;
}

export interface SheetsParts {
  /** Reads what the ledger has by now. */
  readonly refresh: LedgerReader["refresh"];
  readonly view: IndexView;
  readonly account: Address;
  readonly write: Write;
  readonly writeAfter: WriteAfter;
}

export function createSheets({ refresh, view, account, write, writeAfter }: SheetsParts): Sheets {
  const writeTogether = createTogether(write);
  const known = (sheet: Hash): Sheet | undefined => view.sheets.get(sheet);

  const countOf = async (sheet: Hash, signal?: AbortSignal): Promise<number> => {
    if (!known(sheet)) await refresh(signal);
    const count = known(sheet)?.count;
    if (count === undefined)
      throw new BeltError("SHEET_UNKNOWN", `No booking of sheet ${sheet} is on the ledger.`);
    return count;
  };

  /** The stations that are not settled yet, or where the last of them was settled. */
  const unsettled = ({ sheet, stations }: StationsOfSheet) => {
    const settled = (station: number) => known(sheet)?.settlements[station]?.settled;
    return {
      left: stations.filter((station) => settled(station) === undefined),
      already: () => (stations.every(settled) ? stations.map(settled).at(-1) : undefined),
    };
  };

  const reporting = async (report: StationReport, signal?: AbortSignal): Promise<Writing> => {
    const { sheet, station } = report;
    const covered = report.covered ?? allSlots(await countOf(sheet, signal));
    const already = () => {
      const reported = known(sheet)?.reports[station];
      return ((reported?.covered ?? 0) & covered) === covered ? reported?.reported : undefined;
    };
    return [`report/${sheet}/${station}/${covered}`, calls.report({ ...report, covered }), already];
  };

  const accepting = ({ sheet, stations }: StationsOfSheet): Writing => {
    const { left, already } = unsettled({ sheet, stations });
    return [`accept/${sheet}/${left.join("-")}`, calls.accept({ sheet, stations: left }), already];
  };

  return {
    report: async (report, options) => write(...(await reporting(report, options?.signal)), options),
    accept: (stations, options) => write(...accepting(stations), options),
    together: {
      report: async (report) => writeTogether(...(await reporting(report))),
      accept: (stations) => writeTogether(...accepting(stations)),
    },

    settle({ sheet, stations }, options) {
      const { left, already } = unsettled({ sheet, stations });
      const what = {
        id: `settle/${sheet}/${left.join("-")}`,
        call: calls.settle({ sheet, stations: left }),
        early: "WindowOpen",
        after: endOf,
        gas: 100_000n + 60_000n * BigInt(left.length),
      };
      return writeAfter(what, already, options);
    },

    dispute(cases, options) {
      const { sheet, station, evidence } = cases;
      const already = () =>
        known(sheet)?.disputes[station]?.evidence.find(({ hash }) => hash === evidence)?.disputed;
      return write(`dispute/${sheet}/${station}/${evidence}`, calls.dispute(cases), already, options);
    },

    resolve(decision, options) {
      const { sheet, station, upheld } = decision;
      const own = () => known(sheet)?.disputes[station]?.decisions.get(account);
      const wanted = [...new Set(upheld)].sort((one, other) => one - other).join(" ");
      const already = () => {
        const latest = own();
        return latest && unpackCases(latest.cases).join(" ") === wanted ? latest.given : undefined;
      };
      // A supervisor may come back to what it decided before: what it replaces is part of what is to be done.
      const id = () => {
        const since = own()?.given;
        const digest = toHex(sha256(wanted));
        return `resolve/${sheet}/${station}/${digest}/${since ? `${since.block}-${since.logIndex}` : "first"}`;
      };
      return write(id, calls.resolve(decision), already, options);
    },

    lapse(station, options) {
      const { sheet, station: number } = station;
      const id = `lapse/${sheet}/${number}`;
      const what = { id, call: calls.lapse(station), early: "DisputeOpen", after: endOf, gas: 150_000n };
      return writeAfter(what, () => known(sheet)?.disputes[number]?.end?.ended, options);
    },

    cancelSheet: (sheet, options) =>
      write(`cancel/${sheet}`, calls.cancel(sheet), () => known(sheet)?.cancelled, options),

    decline: (station, options) =>
      write(
        `decline/${station.sheet}/${station.station}`,
        calls.decline(station),
        () => known(station.sheet)?.declines[station.station]?.declined,
        options,
      ),

    expire: (sheet, options) =>
      writeAfter(
        {
          id: `expire/${sheet}`,
          call: calls.expire(sheet),
          early: "DeadlineNotPassed",
          after: ({ parameters }) => Number(parameters["deadline"]),
          // It reads up to 32 stations, and writes two words.
          gas: 300_000n,
        },
        () => known(sheet)?.expiry?.expired,
        options,
      ),
  };
}

const endOf: AfterTime["after"] = ({ parameters }) => Number(parameters["end"]);

import { expect } from "vitest";
import { type Case, Readiness } from "../../nodes/api/index.ts";
import type { LedgerReader } from "../../nodes/ledger/index.ts";
import type { MemberNode, Network } from "../../nodes/network/index.ts";
import { escrowOf, HashText } from "../../pipeline/index/index.ts";
import { cases, expected } from "../belts/mortgage-nl/files.ts";
import { anchored, ended, statusesOnLedger } from "../support/network.ts";
import { until } from "../support/until.ts";

/** Books the mortgage belt's applications, and holds what becomes of them against what should. */
export interface Applications {
  /** How many receipts there are once all that was booked is over. */
  readonly receipts: number;
  /** Books all applications as one sheet. */
  book(): Promise<string>;
  /** Every application gets the answer that it should, after what it should go through. */
  expectAnswers(sheet: string): Promise<void>;
  /** All stations have reported so on the ledger; they are paid for what they did, and the rest is refunded. */
  expectSettled(sheet: string): Promise<void>;
  /** All receipts are anchored. */
  expectAnchored(): Promise<void>;
  /** How many receipts are anchored. */
  anchored(): number;
}

/** Longer than the network ever stands still. */
const deadlineSeconds = 3_600;

export function createApplications(
  network: Network,
  ledger: LedgerReader,
  signal: AbortSignal,
): Applications {
  const stations = Object.keys(network.belt.template.stations).length;
  let sheets = 0;
  const receipts = () => sheets * cases.length * stations;
  const receiptsAnchored = () =>
    Object.values(anchored(network, ledger)).reduce((sum, size) => sum + size, 0);

  return {
    get receipts() {
      return receipts();
    },
    anchored: receiptsAnchored,

    async book() {
      const booking = { belt: network.beltId, cases: [...cases], deadlineSeconds };
      const { sheet } = await network.consumer.operations.book(booking);
      sheets++;
      return sheet;
    },

    async expectAnswers(sheet) {
      const results = await ended(network, sheet);
      const given = (field: string) => results.map(({ result }) => result?.[field] ?? null);
      expect(given("answer")).toEqual(expected.map(({ answer }) => answer));
      expect(given("maximumLoan")).toEqual(expected.map(({ maximumLoan }) => maximumLoan));
      expect(results.map(statusesOf)).toEqual(expected.map((each) => each.stations));
    },

    async expectSettled(sheet) {
      const statuses = await statusesOnLedger({ network, ledger }, sheet);
      expect(statuses).toEqual(expected.map((each) => each.stations));
      const found = await until(
        () => {
          const each = ledger.view.sheets.get(HashText.parse(sheet));
          return each !== undefined && escrowOf(each) === 0n && each;
        },
        { what: `the payments of sheet ${sheet}`, limit: 120_000, signal },
      );
      const moved = found.settlements.map((each) => (each?.paid ?? 0n) + (each?.refunded ?? 0n));
      expect(moved.reduce((sum, amount) => sum + amount, 0n)).toBe(found.cost);
    },

    async expectAnchored() {
      const what = `${receipts()} anchored receipts`;
      await until(() => receiptsAnchored() === receipts(), { what, limit: 60_000, signal });
    },
  };
}

const statusesOf = ({ stations }: Case): Record<string, string> =>
  Object.fromEntries(Object.entries(stations).map(([station, { status }]) => [station, status]));

/** Waits until a node says that it is not ready for a reason with this code; without a code, until it is ready. */
export async function untilSays(
  { name, apiUrl }: MemberNode,
  code: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const what = `${code ?? "all well"} at ${name}`;
  await until(
    async () => {
      const answer = await fetch(new URL("/readyz", apiUrl), { signal });
      const { ready, reasons } = Readiness.parse(await answer.json());
      return code === undefined ? ready : reasons.some((reason) => reason.startsWith(code));
    },
    { what, limit: 90_000, every: 250, signal },
  );
}

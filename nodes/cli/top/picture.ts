import { printable, short, styled } from "../output.ts";
import type { Top, TopEdge } from "./reading.ts";

/** The room that a picture has. */
export interface Room {
  readonly columns: number;
  /** Without it there is room for everything. */
  readonly rows?: number | undefined;
}

const none = "–";

/** A number that may be small, with as many digits as the eye needs. */
export function figure(value: number | null): string {
  if (value === null) return none;
  if (value >= 10_000_000) return `${(value / 1_000_000).toFixed(0)}M`;
  if (value >= 100_000) return `${(value / 1_000).toFixed(0)}k`;
  return value >= 100 || Number.isInteger(value) ? value.toFixed(0) : value.toFixed(1);
}

/** A time in its largest unit. */
export function span(seconds: number | null): string {
  if (seconds === null) return none;
  if (seconds < 1) return `${(seconds * 1_000).toFixed(seconds < 0.01 ? 1 : 0)} ms`;
  if (seconds < 120) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  if (seconds < 7_200) return `${(seconds / 60).toFixed(0)} min`;
  return seconds < 172_800 ? `${(seconds / 3_600).toFixed(0)} h` : `${(seconds / 86_400).toFixed(0)} d`;
}

const cut = (text: string, columns: number): string =>
  [...text].length <= columns ? text : `${[...text].slice(0, Math.max(0, columns - 1)).join("")}…`;

/** How a node does, as lines that fit: none is wider, and there are no more than there is room for. */
export function pictureOf(top: Top, { columns, rows = Number.POSITIVE_INFINITY }: Room): readonly string[] {
  const { node, sheets, cases, ledger, disk, process: own } = top;
  const plain = (...parts: readonly string[]): string => cut(parts.join("   "), columns);
  const head = plain(
    `${printable(node.name)}  ${short(node.member)}`,
    printable(node.version),
    `up ${span(node.uptimeSeconds)}`,
    top.at.slice(11, 19),
  );
  const lines = [
    styled("bold", head),
    ...(node.ready
      ? []
      : node.reasons.map((reason) => styled("red", plain(`Not ready: ${printable(reason)}`)))),
    plain(
      `Sheets: ${sheets.consumer} booked, ${sheets.station} worked at`,
      `Cases: ${figure(cases.endedPerSecond)}/s, ${figure(cases.busy)} busy, ${figure(cases.unwritten)} unwritten`,
    ),
    plain(
      `Ledger: ${ledger.state}, block ${ledger.block}, ${figure(ledger.blocksBehind)} behind`,
      `${figure(ledger.pendingTransactions)} transactions pending`,
    ),
    plain(
      ledger.unanchoredReceipts === 0
        ? "Anchors: all receipts"
        : `Anchors: ${figure(ledger.unanchoredReceipts)} receipts to come, for ${span(ledger.anchorLagSeconds)}`,
      `fsync: ${span(disk.syncSeconds)}, ${figure(disk.writesPerSecond)}/s`,
    ),
    plain(
      `Memory: ${(own.memoryBytes / 1_048_576).toFixed(0)} MiB`,
      `CPU: ${own.cpu === null ? none : `${(own.cpu * 100).toFixed(0)} %`}`,
      `Event loop: ${span(own.eventLoopSeconds)}`,
      `Troubles: ${figure(top.troubles)}`,
    ),
    ...(cases.quarantined === 0
      ? []
      : [styled("yellow", plain(`Quarantine: ${cases.quarantined} cases; belt quarantine list`))]),
    "",
  ];
  return [...lines, ...edgeLines(top.edges, columns, rows - lines.length)].slice(0, rows);
}

const cells = (edge: TopEdge): readonly string[] => [
  figure(edge.traysPerSecond),
  figure(edge.casesPerSecond),
  figure(edge.casesPerTray === null ? null : Math.round(edge.casesPerTray)),
  figure(edge.waiting),
  span(edge.oldestSeconds),
  figure(edge.errors),
];
const titles = ["TRAYS/S", "CASES/S", "FILL", "WAITING", "OLDEST", "ERRORS"];
const widths = [7, 7, 4, 7, 7, 6];
/** Of the column that says where trays go. */
const endWidth = 3;

function edgeLines(edges: readonly TopEdge[], columns: number, rows: number): readonly string[] {
  if (edges.length === 0) return ["No tray has come or gone since the node's start."];
  const numbers = widths.reduce((total, width) => total + width + 2, 0);
  const longest = Math.max("EDGE".length, ...edges.map(({ edge }) => edge.length));
  const name = Math.max(8, Math.min(longest, columns - numbers - endWidth - 2));
  const line = (end: string, edge: string, values: readonly string[]): string => {
    const right = values.map((value, place) => `  ${value.padStart(widths[place] ?? 0)}`).join("");
    return cut(`${end.padEnd(endWidth)}  ${cut(edge, name).padEnd(name)}${right}`, columns);
  };
  const shown = fitting(edges, rows - 1);
  const left = edges.length - shown.length;
  return [
    styled("bold", line("", "EDGE", titles)),
    ...shown.map((edge) => {
      const text = line(edge.end, printable(edge.edge), cells(edge));
      return edge.end === "out" && (edge.oldestSeconds ?? 0) > 60 ? styled("yellow", text) : text;
    }),
    ...(left === 0 ? [] : [styled("dim", cut(`… ${left} more, on which less waits`, columns))]),
  ];
}

/** As many edges as there are rows for, those on which most waits; they keep their order, so that none jumps. */
function fitting(edges: readonly TopEdge[], rows: number): readonly TopEdge[] {
  if (edges.length <= rows) return edges;
  const most = edges.toSorted((a, b) => b.waiting - a.waiting).slice(0, Math.max(0, rows - 1));
  const chosen = new Set(most);
  return edges.filter((edge) => chosen.has(edge));
}

import { number } from "./format.ts";

/** One bar of a chart. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  /** Our own stands out. */
  readonly ours: boolean;
}

/** Bars that share a scale. */
export interface Panel {
  readonly title: string;
  readonly unit: string;
  /** Whether equal steps on the scale are equal factors: for values that are far apart. */
  readonly logarithmic: boolean;
  readonly bars: readonly Bar[];
}

const width = 760;
const labels = 230;
const values = 110;
const row = 26;
const bar = 16;
const head = 44;
const gap = 24;

/** Draws panels of bars below each other, as an SVG that reads on light and on dark pages. */
export function drawChart(panels: readonly Panel[]): string {
  const drawn: string[] = [];
  let top = 0;
  for (const panel of panels) {
    drawn.push(`<g transform="translate(0 ${top})">${drawPanel(panel)}</g>`);
    top += head + panel.bars.length * row + gap;
  }
  const style = [
    "text{font:13px system-ui,sans-serif;fill:#1f2933}",
    ".title{font-weight:600;font-size:15px}",
    ".peer{fill:#8fa3b5}",
    ".ours{fill:#d9762b}",
    ".note{fill:#5c6b7a;font-size:12px}",
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.note{fill:#9aa7b4}.peer{fill:#6f8294}}",
  ].join("");
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top}" width="${width}" height="${top}" role="img">`,
    `<title>${escaped(panels.map(({ title }) => title).join("; "))}</title>`,
    `<style>${style}</style>`,
    ...drawn,
    "</svg>",
    "",
  ].join("\n");
}

function drawPanel({ title, unit, logarithmic, bars }: Panel): string {
  const room = width - labels - values;
  const scale = scaleOf(
    bars.map(({ value }) => value),
    logarithmic,
  );
  const rows = bars.map(({ label, value, ours }, i) => {
    const [y, length] = [head + i * row, Math.max(1, Math.round(scale(value) * room))];
    const kind = ours ? "ours" : "peer";
    const middle = y + bar / 2 + 5;
    return [
      `<text x="${labels - 10}" y="${middle}" text-anchor="end">${escaped(label)}</text>`,
      `<rect class="${kind}" x="${labels}" y="${y}" width="${length}" height="${bar}" rx="2"/>`,
      `<text x="${labels + length + 8}" y="${middle}">${number(value, value < 10 ? 1 : 0)}</text>`,
    ].join("");
  });
  const note = logarithmic ? `${unit}, logarithmic` : unit;
  return [
    `<text class="title" x="0" y="18">${escaped(title)}</text>`,
    `<text class="note" x="${width}" y="18" text-anchor="end">${escaped(note)}</text>`,
    ...rows,
  ].join("\n");
}

/** Where a value is on the scale, from 0 to 1. */
function scaleOf(all: readonly number[], logarithmic: boolean): (value: number) => number {
  const most = Math.max(...all, Number.MIN_VALUE);
  if (!logarithmic) return (value) => value / most;
  // Half the smallest is the left end, so that it has a bar too.
  const least = Math.min(...all.filter((value) => value > 0)) / 2;
  return (value) => (value <= least ? 0 : Math.log(value / least) / Math.log(most / least));
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

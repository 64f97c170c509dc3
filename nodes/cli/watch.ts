import type { CaseEvent, NodeOperations } from "../api/index.ts";
import { print, printJsonLine, styled } from "./output.ts";

const styles: Readonly<Record<CaseEvent["status"], Parameters<typeof styled>[0]>> = {
  open: "dim",
  done: "green",
  skipped: "dim",
  unprocessable: "yellow",
  failed: "red",
  blocked: "yellow",
  expired: "red",
};

/** A status in its colour. */
export const styledStatus = (status: CaseEvent["status"], width = 0): string =>
  styled(styles[status], status.padEnd(width));

/**
 * Shows what happens to the cases of a sheet until it is finished or expired.
 *
 * @param json - every event as JSON on a line of its own, and at last the sheet
 */
export async function watchSheet(node: NodeOperations, sheet: string, json: boolean): Promise<void> {
  const { signal } = new AbortController();
  for await (const event of node.watch(sheet, signal)) {
    if (json) printJsonLine(event);
    else {
      const { at, case: number, station, status } = event;
      const time = styled("dim", at.slice(11, 19));
      print(`${time}  case ${String(number).padStart(4)}  ${styledStatus(status, 13)}  ${station}`);
    }
  }
  const ended = await node.sheet(sheet);
  if (json) {
    printJsonLine(ended);
    return;
  }
  const cases = await node.cases(sheet);
  const done = cases.filter(({ state }) => state === "done").length;
  print(`The sheet is ${ended.state}: ${done} of ${ended.count} cases are done.`);
}

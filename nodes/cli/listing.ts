import type { Command } from "commander";
import type { NodeOperations } from "../api/index.ts";
import { type JsonOption, type NodeOptions, withJson, withNode } from "./command.ts";
import { type Column, printJson, printTable } from "./output.ts";

/** What a command lists, given its own options. */
export interface Listing<Row, Given> {
  readonly rows: (node: NodeOperations, given: Given) => Promise<readonly Row[]>;
  /** What the rows are called in JSON. */
  readonly as: string;
  readonly columns: readonly Column<Row>[];
  /** What is said when there are none. */
  readonly none: string;
}

/** Has a command list something of a running node: as a table, or as JSON for a program. */
export function withListing<Row, Given extends object = object>(
  command: Command,
  { rows, as, columns, none }: Listing<Row, Given>,
): Command {
  command.action(async (options: NodeOptions & JsonOption & Given) => {
    const { connect } = await import("./connect.ts");
    const found = await rows(await connect(options), options);
    if (options.json) printJson({ [as]: found });
    else printTable(found, columns, none);
  });
  return withJson(withNode(command));
}

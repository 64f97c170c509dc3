import pg from "pg";

/** A row: the columns' bytes. */
export type Row = Buffer[];

/** A connection to the server, as much of it as is needed. */
export interface Connection {
  /** Sends a statement; what is sent before another one was answered is answered in its turn. */
  query(text: string, values?: readonly (Buffer | string)[]): Promise<readonly Row[]>;
  end(): Promise<void>;
}

/** What all connections have: no server that has gone without a word is waited for. */
export const connectionSettings = {
  keepAlive: true,
  connectionTimeoutMillis: 5_000,
  query_timeout: 30_000,
  pipeline: true,
  application_name: "belt",
};

/** Sends a statement, and gives its rows. */
export async function ask(client: pg.ClientBase, text: string, values: readonly (Buffer | string)[] = []) {
  const { rows } = await client.query<Row>({ text, values: [...values], rowMode: "array" });
  return rows;
}

/**
 * Connects to the server.
 *
 * @param idleInTransaction - milliseconds after which the server ends a transaction of which nothing more comes
 * @param lost - is told when the connection ends by itself
 */
export async function connect(
  url: string,
  { idleInTransaction, lost = () => {} }: { readonly idleInTransaction?: number; lost?(): void } = {},
): Promise<Connection> {
  const client = new pg.Client({
    ...connectionSettings,
    connectionString: url,
    ...(idleInTransaction && { idle_in_transaction_session_timeout: idleInTransaction }),
  });
  let over = false;
  const end = (): void => {
    if (!over) lost();
    over = true;
  };
  // Without a listener, the loss of an idle connection would end the process.
  client.on("error", end);
  client.on("end", end);
  await client.connect();
  return {
    query: (text, values) => ask(client, text, values),
    async end() {
      over = true;
      await client.end();
    },
  };
}

import pg from "pg";
import { environmentOf } from "./processes.js";
import type { Network } from "./startNetwork.js";

/** Asks the router's database, past the router. */
export async function queryBooks<Row extends pg.QueryResultRow>(
  network: Pick<Network, "routerPid">,
  text: string,
): Promise<readonly Row[]> {
  const connectionString = environmentOf(network.routerPid(), "ROUTER_DATABASE_URL");
  if (connectionString === undefined) throw new Error("the router has no database of the network's");
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

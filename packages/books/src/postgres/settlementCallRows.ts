import type { Bytes32 } from "@cortensor/protocol";
import type pg from "pg";
import { assertSettlementCall } from "../assertInput.js";
import type { SettlementCall } from "../books.js";
import { toBuffer, toHex } from "./hexBytes.js";
import { query } from "./transaction.js";

export async function keepSettlementCall(pool: pg.Pool, id: Bytes32, kept: SettlementCall): Promise<void> {
  assertSettlementCall(kept);
  await query(pool, {
    during: "keep a settlement's call",
    text: "INSERT INTO settlement_calls (settlement_id, call, since_block) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
    values: [toBuffer(id), toBuffer(kept.call), kept.sinceBlock.toString()],
  });
}

export async function findSettlementCall(pool: pg.Pool, id: Bytes32): Promise<SettlementCall | undefined> {
  const { rows } = await query<{ call: Buffer; since_block: string }>(pool, {
    during: "read a settlement's call",
    text: "SELECT call, since_block FROM settlement_calls WHERE settlement_id = $1",
    values: [toBuffer(id)],
  });
  const [row] = rows;
  return row && { call: toHex(row.call), sinceBlock: BigInt(row.since_block) };
}

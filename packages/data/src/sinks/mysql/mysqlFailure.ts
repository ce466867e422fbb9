import { networkReason } from "../../address/networkReason.js";
import type { SqlFailure } from "../sql/sqlDriver.js";

/** Wrong password or user, no right to this database, no such database, no right to this. */
const DENIED = new Set([1044, 1045, 1049, 1142, 1227, 1370, 1698]);
/** Errors about a row without a SQLSTATE of their own: packet too large, text of another character set, a client's CHECK. */
const ABOUT_A_ROW = new Set([1153, 1366, 1406, 3819, 4025]);
/** SQLSTATE classes about a row: data, constraints, what a client's own triggers raise. */
const CLASSES = ["22", "23", "45"];

/** What an error of `mysql2` means. */
export function mysqlFailure(error: unknown): SqlFailure {
  const number = error instanceof Error && "errno" in error ? Number(error.errno) : Number.NaN;
  if (!(number >= 1_000)) return { kind: "unreachable", reason: networkReason(error) };
  const state = error instanceof Error && "sqlState" in error ? String(error.sqlState) : "";
  if (ABOUT_A_ROW.has(number) || CLASSES.some((begin) => state.startsWith(begin)))
    return { kind: "refused", state: String(number) };
  if (DENIED.has(number)) return { kind: "denied", state: String(number) };
  return { kind: "failed", state: String(number) };
}

import { networkReason } from "../../address/networkReason.js";
import type { SqlFailure } from "../sql/sqlDriver.js";

/** Classes of SQLSTATE that speak of a row: data, constraints, size, what a client's own triggers raise. */
const ABOUT_A_ROW = ["22", "23", "44", "54", "P0"];
/** Log-in, and rights. */
const DENIED = ["28", "42501", "3D000"];

/** What an error of `pg` means. */
export function postgresFailure(error: unknown): SqlFailure {
  const state = error instanceof Error && "code" in error ? String(error.code) : "";
  if (!/^[0-9A-Z]{5}$/.test(state) || state === "EPIPE") return { kind: "unreachable", reason: networkReason(error) };
  if (ABOUT_A_ROW.some((begin) => state.startsWith(begin))) return { kind: "refused", state };
  if (DENIED.some((begin) => state.startsWith(begin))) return { kind: "denied", state };
  return { kind: "failed", state };
}

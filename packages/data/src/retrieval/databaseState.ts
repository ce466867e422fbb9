import { networkReason } from "../address/networkReason.js";

/** A statement that would write, within a transaction that only reads. */
export const READ_ONLY_STATE = "25006";
/** Cancelled by the server's own deadlines: of a statement, of a lock. */
export const TIMEOUT_STATES: ReadonlySet<string> = new Set(["57014", "55P03"]);

/** A database's SQLSTATE, or a network error's code. Never a message, which may quote a row. */
export function stateOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return /^[0-9A-Z]{5}$/.test(code) ? code : networkReason(error);
}

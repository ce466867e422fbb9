import type { SinkKind } from "../sink.js";

export type SqlValue = string | number | null;
export type SqlRow = Readonly<Record<string, unknown>>;

/** One connection. Statements never overlap. Parameters are `?`. */
export type SqlConnection = {
  readonly query: (sql: string, values?: readonly SqlValue[]) => Promise<readonly SqlRow[]>;
  /** Ends it in order. */
  readonly close: () => Promise<void>;
  /** Ends it at once: what runs fails, and what wasn't committed is undone. */
  readonly destroy: () => void;
};

/** What a failure means for what was being written. `state`: the database's own code. */
export type SqlFailure =
  /** A record can't be written as it is. */
  | { readonly kind: "refused"; readonly state: string }
  | { readonly kind: "denied"; readonly state: string }
  | { readonly kind: "unreachable"; readonly reason: string }
  | { readonly kind: "failed"; readonly state: string };

/** What differs between databases. */
export type SqlDialect = {
  readonly kind: SinkKind;
  /** A table's full, quoted name. */
  readonly table: (name: "schema" | "records" | "progress") => string;
  /** Whether the version table is there: one row with `n`, 0 or 1. */
  readonly findVersionTable: { readonly sql: string; readonly values: readonly SqlValue[] };
  /** Before any change of the schema, inside its transaction: lets one process at a time do so. */
  readonly lockSchema: readonly string[];
  /** After it. Empty where the transaction's end does. */
  readonly unlockSchema: readonly string[];
  readonly createVersionTable: readonly string[];
  /** Step n brings the schema to version n + 1. One that has run anywhere is never changed. */
  readonly migrations: readonly (readonly string[])[];
  /** Begins a transaction that will write. */
  readonly begin: string;
  /**
   * What makes an INSERT pass over a row whose primary key is there, and over nothing else: what breaks a client's own index must
   * be refused, not lost.
   */
  readonly onKnownSession: string;
  readonly onKnownRecord: string;
  /** Follows the SELECT that locks a row until the transaction's end. */
  readonly forUpdate: string;
  /** False where changing the schema ends the transaction: each step must then bear being repeated. */
  readonly undoesSchemaChanges: boolean;
};

export type SqlDriver = {
  readonly dialect: SqlDialect;
  readonly connect: (signal: AbortSignal) => Promise<SqlConnection>;
  readonly failureOf: (error: unknown) => SqlFailure;
};

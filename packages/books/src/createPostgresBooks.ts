import type { Address, Bytes32 } from "@cortensor/protocol";
import type { Clock, Logger } from "@cortensor/runtime";
import type pg from "pg";
import type { Books } from "./books.js";

export type PostgresBooksOptions = {
  /** Stays the caller's: `close` doesn't end it. */
  readonly pool: pg.Pool;
  /** Names this router among those that share the database: its address. Two live processes must not share one. */
  readonly routerId: string;
  /** The operator whose lane these books keep. */
  readonly lane: Address;
  readonly clock: Clock;
  readonly log?: Logger;
  /** See LEASE_MS. */
  readonly leaseMs?: number;
  /** See LONGEST_TASK_MS. */
  readonly longestTaskMs?: number;
  /** Makes an account's salt. Default: 32 random bytes. */
  readonly newSalt?: () => Bytes32;
};

/** Brings the schema up to date, takes a lease epoch, and opens the books. */
export declare function createPostgresBooks(options: PostgresBooksOptions): Promise<Books>;

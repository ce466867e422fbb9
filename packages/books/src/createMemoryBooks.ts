import type { Address, Bytes32 } from "@cortensor/protocol";
import type { Clock } from "@cortensor/runtime";
import type { Books } from "./books.js";

export type MemoryBooksOptions = {
  /** The operator whose lane these books keep. */
  readonly lane: Address;
  readonly clock: Clock;
  /** Makes an account's salt. Default: 32 random bytes. */
  readonly newSalt?: () => Bytes32;
};

export declare function createMemoryBooks(options: MemoryBooksOptions): Books;

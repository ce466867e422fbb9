import type { Bytes32 } from "@cortensor/protocol";

/** Whose files and stores are meant, and who pays for what is embedded of them. Owners see nothing of one another. */
export type DataOwner = {
  /** One word for each owner. */
  readonly id: string;
  readonly account: number;
  readonly keyHash?: Bytes32;
};

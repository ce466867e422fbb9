import { CodedError, type Hex } from "@cortensor/protocol";

/** What these chains throw. */
export type OpErrorData =
  /** An RPC gave no answer, or one that can't be read. */
  | { readonly code: "ROLLUP_RPC_UNREACHABLE"; readonly method: string; readonly reason: string }
  /** An RPC refused. */
  | { readonly code: "ROLLUP_RPC_REFUSED"; readonly method: string; readonly rpcCode: number; readonly reason: string }
  /** The parent no longer has a block that this chain stands on: it was reorganised deeper than the chain waits. */
  | { readonly code: "ROLLUP_PARENT_REORGANISED"; readonly number: number; readonly had: Hex; readonly has: Hex }
  /** The parent's RPC serves another chain. */
  | { readonly code: "ROLLUP_WRONG_PARENT"; readonly expected: number; readonly actual: number }
  /** A transaction on the parent failed. */
  | { readonly code: "ROLLUP_PARENT_REVERTED"; readonly what: string; readonly txHash: Hex }
  /** A contract on the parent isn't the vendored one, or isn't set up as the chain's file says. */
  | { readonly code: "ROLLUP_BAD_CONTRACT"; readonly contract: string; readonly address: Hex; readonly reason: string }
  /** A vendored artifact, a chain's file or a journal can't be read. */
  | { readonly code: "ROLLUP_BAD_FILE"; readonly file: string; readonly reason: string }
  /** The machine made another block than it was asked for: a bug, and the end of this run. */
  | { readonly code: "ROLLUP_BAD_BLOCK"; readonly number: number; readonly reason: string }
  /** The chain makes no blocks any more; the next start derives it anew. */
  | { readonly code: "ROLLUP_HALTED"; readonly chainId: number; readonly reason: string }
  /** What was to be proved isn't there. */
  | { readonly code: "ROLLUP_NO_WITHDRAWAL"; readonly txHash: Hex };

/** An error of these chains, with one of its own codes. */
export class OpError extends CodedError<OpErrorData> {}

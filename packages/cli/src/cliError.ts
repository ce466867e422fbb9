import { CodedError } from "@cortensor/protocol";

/** What a command says no with. `hint` tells a person what to do. */
export type CliErrorData =
  /** The command line can't be read: an unknown command or option, or an argument that is none. */
  | { readonly code: "CLI_USAGE"; readonly problem: string }
  | { readonly code: "CLI_BAD_ARGUMENT"; readonly argument: string; readonly expected: string }
  | { readonly code: "CLI_NO_PASSPHRASE"; readonly hint: string }
  | { readonly code: "CLI_WRONG_PASSPHRASE"; readonly key: string }
  | { readonly code: "CLI_KEY_MISSING"; readonly key: string; readonly hint: string }
  | { readonly code: "CLI_KEY_EXISTS"; readonly key: string }
  | { readonly code: "CLI_BAD_FILE"; readonly file: string; readonly problem: string }
  | { readonly code: "CLI_NO_NETWORK"; readonly hint: string }
  | { readonly code: "CLI_NO_FAUCET"; readonly hint: string }
  | { readonly code: "CLI_UNFUNDED"; readonly address: string; readonly need: string; readonly hint: string }
  | { readonly code: "CLI_ALREADY_RUNNING"; readonly home: string; readonly pid: number; readonly hint: string }
  | { readonly code: "CLI_CHILD_FAILED"; readonly name: string; readonly how: string; readonly logFile: string }
  /** Public data and the contracts, or the sets, say different things. */
  | { readonly code: "CLI_AUDIT_DIFFERS"; readonly differences: readonly string[] }
  /** Not all that was checked has passed: each task that hasn't, with its verdict. */
  | { readonly code: "CLI_CHECK_FAILED"; readonly found: readonly string[] }
  /** Answers that their judges, or their judges and their distance, speak against. */
  | { readonly code: "CLI_ANSWER_REJECTED"; readonly found: readonly string[] }
  /** The chain, as it is read here, doesn't show the beacon that a receipt's seed is of. */
  | { readonly code: "CLI_BEACON_UNKNOWN"; readonly epoch: number }
  /** A transaction on Solana failed, or came to stand nowhere: nothing was moved. */
  | { readonly code: "CLI_DEPOSIT_FAILED"; readonly signature: string; readonly how: string }
  /** A messenger's adapter does other than every messenger has to: a sentence for each fault. */
  | { readonly code: "CLI_MESSENGER_FAILED"; readonly faults: readonly string[] }
  | { readonly code: "CLI_RECEIPT_INVALID"; readonly reason: string }
  /** What was to stand on the L1 doesn't, or another record does. */
  | { readonly code: "CLI_NOT_ANCHORED"; readonly reason: string }
  /** A record of shredding that doesn't show it. */
  | { readonly code: "CLI_SHRED_INVALID"; readonly fault: string }
  | { readonly code: "CLI_UNHEALTHY"; readonly failed: readonly string[] };

export class CliError extends CodedError<CliErrorData> {}

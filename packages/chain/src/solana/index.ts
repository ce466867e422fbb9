export { buildDeposit, type DepositOrder, type SolanaVault } from "./buildDeposit.js";
export { connectSolana, readSolanaHead, type SolanaCluster, type SolanaHead } from "./connectSolana.js";
export { type DepositCursor, firstCursor } from "./depositCursor.js";
export { depositsIn, type FoundTransfer, type SolanaInstruction, type UncreditedReason } from "./depositsIn.js";
export {
  buildTaskMemo,
  ESCROW_GUARDS_MAX,
  type EscrowMint,
  makeEscrow,
  makeEscrowKeepers,
  payEscrow,
} from "./escrow.js";
export { type FetchedTransaction, fetchTransaction } from "./fetchTransaction.js";
export * from "./hub/index.js";
export { SOLANA_BACKLOG_MAX, SOLANA_FETCHES_MAX, SOLANA_PAGE, SOLANA_TIMEOUT_MS } from "./limits.js";
export {
  type DatedDeposit,
  type DepositsRead,
  readDeposits,
  type UncreditedTransfer,
} from "./readDeposits.js";
export { openVault } from "./readVault.js";
export { readStanding, type SentSolana, type SolanaPayer, type SolanaStanding, sendSolana } from "./sendSolana.js";
export { SolanaError, type SolanaErrorData } from "./solanaError.js";
export {
  hexToSolanaKey,
  hexToSolanaSignature,
  parseSolanaKey,
  solanaKeyToHex,
  solanaSignatureToHex,
} from "./solanaKeys.js";
export {
  type EscrowKeepers,
  type EscrowPayout,
  escrowPayoutIn,
  type SaidRecord,
  taskRecordsIn,
} from "./taskRecordsIn.js";

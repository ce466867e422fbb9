export {
  type CreditRefusal,
  creditSolanaDeposit,
  isOfTill,
  NO_SOLANA_CREDITS,
  type SolanaCredits,
  type SolanaTill,
} from "./creditSolanaDeposit.js";
export {
  type AnsweredTask,
  judgeSolanaAnswer,
  readSolanaAnswer,
  type SettledTasks,
  type SolanaFinding,
  solanaTaskNonce,
} from "./judgeSolanaAnswer.js";
export {
  COR_DECIMALS,
  MEMO_BYTES_MAX,
  SOLANA_ANSWER_BYTES_MAX,
  SOLANA_DEPOSITS_MAX,
  SOLANA_GUARDS_MAX,
  SOLANA_INSTRUCTIONS_MAX,
  SOLANA_REQUEST_BYTES_MAX,
  SOLANA_SHARES_BPS_MAX,
  SOLANA_VERDICTS_MAX,
  SPL_AMOUNT_MAX,
} from "./limits.js";
export {
  nextSolanaTask,
  SOLANA_EVENT_PHASES,
  type SolanaTaskEvent,
  type SolanaTaskRefusal,
  type SolanaTaskStep,
} from "./nextSolanaTask.js";
export {
  decodeSolanaAnswer,
  encodeSolanaAnswer,
  SOLANA_ANSWER_HEAD_BYTES,
  type SolanaAnswer,
  solanaResultHash,
} from "./solanaAnswer.js";
export {
  packSolanaDeposit,
  SOLANA_DEPOSIT_KEY_BYTES,
  SOLANA_DEPOSITS_KIND,
  type SolanaDeposit,
  type SolanaPlace,
  solanaChainId,
  solanaCreditWei,
  solanaDepositId,
  solanaDepositLeaf,
} from "./solanaDeposit.js";
export { type SolanaDepositsRange, type SolanaDepositsRoot, solanaDepositsRoot } from "./solanaDepositsRoot.js";
export { type SolanaPrice, solanaFeeCapWei, solanaFeeOf } from "./solanaFee.js";
export {
  type DepositRecord,
  type DepositTarget,
  formatSolanaRecord,
  type ReadMemo,
  type RecordNetwork,
  readSolanaMemo,
  SOLANA_WORK_SECONDS_MAX,
  type SolanaRecord,
  type TaskRecord,
} from "./solanaRecord.js";
export { decodeSolanaRequest, encodeSolanaRequest } from "./solanaRequest.js";
export { type SolanaPayout, type SolanaShares, splitSolanaPlan } from "./solanaShares.js";
export {
  openSolanaTask,
  SOLANA_PHASES,
  SOLANA_REASONS,
  SOLANA_SECONDS,
  SOLANA_SETTLE_SECONDS,
  type SolanaPhase,
  type SolanaPlan,
  type SolanaReason,
  type SolanaTask,
} from "./solanaTask.js";
export {
  SOLANA_VERDICTS,
  type SolanaVerdict,
  type SolanaVerdictKind,
  type SolanaVerdictsHead,
  type SolanaVerdictsRoot,
  solanaHubId,
  solanaVerdictLeaf,
  solanaVerdictsRoot,
} from "./solanaVerdict.js";

export { hashDoorKey } from "./door/doorCallers.js";
export type { DoorEntry } from "./door/doorEntry.js";
export type { DoorServer } from "./door/doorServer.js";
export { startDoorAgent } from "./door/startDoorAgent.js";
export { type RpcDoorOptions, startRpcDoor } from "./door/startRpcDoor.js";
export { type RollupConfig, rollupConfig, rollupDeployConfig, rollupVerifierConfig } from "./op/config.js";
export { deployOpChain, type LastStateParts, type OpChainRequest } from "./op/deployOp.js";
export { type DerivedChain, deriveChain } from "./op/deriveChain.js";
export { createJsonRpc, type JsonRpc } from "./op/jsonRpc.js";
export { formatOpChain, type OpChain, parseOpChain } from "./op/opChain.js";
export { OpError, type OpErrorData } from "./op/opError.js";
export type { OpTiming } from "./op/opLoops.js";
export { L2_MESSENGER, MESSAGE_PASSER } from "./op/predeploys.js";
export { type OpChainOptions, type RunningOpChain, startOpChain } from "./op/startOpChain.js";
export { type RunningVerifier, startVerifier, type VerifierOptions } from "./op/startVerifier.js";
export type { OutputFinding } from "./op/verifier.js";
export { finaliseCall, findOutput, proveCall, readWithdrawals, type Withdrawal } from "./op/withdrawal.js";
export {
  createWithdrawalCarrier,
  type WithdrawalCarrier,
  type WithdrawalCarrierParts,
  type WithdrawalStep,
} from "./op/withdrawalCarrier.js";
export { type Faucet, LOCAL_COR_DECIMALS } from "./svm/faucet.js";
export { type SlotRules, SOLANA_SLOTS } from "./svm/slots.js";
export { type RunningSvm, type SvmOptions, startSvm } from "./svm/startSvm.js";
export { LOCAL_TASK_PROGRAM, readTaskProgram } from "./svm/taskProgram.js";

export { deployOpChain, type OpChainRequest } from "./op/deployOp.js";
export { createJsonRpc, type JsonRpc } from "./op/jsonRpc.js";
export { formatOpChain, type OpChain, parseOpChain } from "./op/opChain.js";
export { OpError, type OpErrorData } from "./op/opError.js";
export { type OpChainOptions, type OpTiming, type RunningOpChain, startOpChain } from "./op/startOpChain.js";
export { finaliseCall, findOutput, proveCall, readWithdrawals, type Withdrawal } from "./op/withdrawal.js";
export { type Faucet, LOCAL_COR_DECIMALS } from "./svm/faucet.js";
export { type SlotRules, SOLANA_SLOTS } from "./svm/slots.js";
export { type RunningSvm, type SvmOptions, startSvm } from "./svm/startSvm.js";

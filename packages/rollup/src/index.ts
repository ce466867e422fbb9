export { type Faucet, LOCAL_COR_DECIMALS } from "./svm/faucet.js";
export { type SlotRules, SOLANA_SLOTS } from "./svm/slots.js";
export { type RunningSvm, type SvmOptions, startSvm } from "./svm/startSvm.js";

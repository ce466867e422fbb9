export { hashDoorKey } from "./door/doorCallers.js";
export type { DoorEntry } from "./door/doorEntry.js";
export type { DoorServer } from "./door/doorServer.js";
export { startDoorAgent } from "./door/startDoorAgent.js";
export { type RpcDoorOptions, startRpcDoor } from "./door/startRpcDoor.js";
export { type Faucet, LOCAL_COR_DECIMALS } from "./svm/faucet.js";
export { type SlotRules, SOLANA_SLOTS } from "./svm/slots.js";
export { type RunningSvm, type SvmOptions, startSvm } from "./svm/startSvm.js";

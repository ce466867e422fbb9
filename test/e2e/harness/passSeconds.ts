import { anvilCall } from "./anvilCall.js";

/** Moves a local chain's time forward, as if so much had passed. */
export async function passSeconds(rpcUrl: string, seconds: number): Promise<void> {
  await anvilCall(rpcUrl, "evm_increaseTime", [seconds]);
  await anvilCall(rpcUrl, "evm_mine", []);
}

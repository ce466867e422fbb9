import { type Address, bytesToHex, encodeOffence, type GuardOffence } from "@cortensor/protocol";
import { encodeFunctionData, parseEventLogs } from "viem";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { attestationsAbi } from "./generated/Attestations.js";
import { guardSetsAbi } from "./generated/GuardSets.js";
import { stakeSlasherAbi } from "./generated/StakeSlasher.js";
import { requireEvent } from "./requireEvent.js";
import { sendTo } from "./sendTo.js";
import { toReceipt } from "./toReceipt.js";

/** Freezes a guard that signed two roots where there may be one: its word counts nothing from then on. By anyone. */
export async function freezeGuard(chain: ChainWriter, proof: GuardOffence): Promise<ChainReceipt> {
  const args = [bytesToHex(encodeOffence(proof))] as const;
  const data = encodeFunctionData({ abi: attestationsAbi, functionName: "freeze", args });
  return sendTo(chain, "attestations", { call: "freezeGuard", data });
}

/** Takes all of the stake of the guard's operator at home, for the same proof; a tenth of it is the writer's. By anyone, once for an offence. */
export async function slashEquivocation(
  chain: ChainWriter,
  proof: GuardOffence,
): Promise<ChainReceipt & { readonly takenWei: bigint }> {
  const args = [bytesToHex(encodeOffence(proof))] as const;
  const data = encodeFunctionData({ abi: stakeSlasherAbi, functionName: "slash", args });
  const to = chain.home.profile.addresses.stakeSlasher;
  const sent = await chain.home.send({ call: "slashEquivocation", to, data });
  const logs = parseEventLogs({ abi: stakeSlasherAbi, eventName: "EquivocationSlashed", logs: [...sent.logs] });
  return { ...toReceipt(sent), takenWei: requireEvent("EquivocationSlashed", sent, logs).args.takenWei };
}

/** Whether a guard was shown to have signed two roots. */
export async function readIsFrozen(chain: ChainReader, guard: Address): Promise<boolean> {
  const sets = { address: chain.profile.addresses.guardSets, abi: guardSetsAbi } as const;
  return chainCall("readIsFrozen", chain.client.readContract({ ...sets, functionName: "isFrozen", args: [guard] }));
}

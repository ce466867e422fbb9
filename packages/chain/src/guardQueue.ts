import { type Address, parseAddress } from "@cortensor/protocol";
import { encodeFunctionData, zeroAddress } from "viem";
import { chainCall } from "./chainError.js";
import type { ChainReceipt } from "./chainWriter.js";
import { guardSetsAbi } from "./generated/GuardSets.js";
import type { GuardSetsReader, GuardSetsWriter } from "./guardSet.js";
import { sendTo } from "./sendTo.js";

/** What the contract writes for a wish that there isn't. */
const NEVER = 2 ** 40 - 1;

/** An owner's place in the queue of those who would guard. */
export type GuardPlace = {
  readonly guard: Address;
  /** Epoch in whose records it asked to join; it counts from the next one on. */
  readonly joinAsked: number;
  /** Epoch in whose records it asked to leave, if it did. */
  readonly leaveAsked?: number;
  /** The guard signed two roots. */
  readonly isFrozen: boolean;
};

/**
 * Asks for a place for a guard, the signing address of an active node of the writer's with the role guard; or takes back the wish to leave.
 * The writer's stake must be at least the least.
 */
export async function joinGuards(chain: GuardSetsWriter, guard: Address): Promise<ChainReceipt> {
  const data = encodeFunctionData({ abi: guardSetsAbi, functionName: "join", args: [guard] });
  return sendTo(chain, "guardSets", { call: "joinGuards", data });
}

/** Asks for the writer's guard to go. It stays bound until a set is fixed without it. */
export async function leaveGuards(chain: GuardSetsWriter): Promise<ChainReceipt> {
  const data = encodeFunctionData({ abi: guardSetsAbi, functionName: "leave" });
  return sendTo(chain, "guardSets", { call: "leaveGuards", data });
}

/** Frees the place of an owner that may no longer have one: too little stake, its node left, or its guard frozen. By anyone. */
export async function clearGuardPlace(chain: GuardSetsWriter, owner: Address): Promise<ChainReceipt> {
  const data = encodeFunctionData({ abi: guardSetsAbi, functionName: "clear", args: [owner] });
  return sendTo(chain, "guardSets", { call: "clearGuardPlace", data });
}

/** Undefined for an owner without a place. */
export async function readGuardPlace(chain: GuardSetsReader, owner: Address): Promise<GuardPlace | undefined> {
  const sets = { address: chain.profile.addresses.guardSets, abi: guardSetsAbi } as const;
  const read = chain.client.readContract({ ...sets, functionName: "placeOf", args: [owner] });
  const { guard, joinAsked, leaveAsked, isFrozen } = await chainCall("readGuardPlace", read);
  if (guard === zeroAddress) return undefined;
  const asked = Number(leaveAsked);
  return {
    guard: parseAddress(guard),
    joinAsked: Number(joinAsked),
    ...(asked === NEVER ? {} : { leaveAsked: asked }),
    isFrozen,
  };
}

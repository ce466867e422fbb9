import { type Address, type GuardSet, guardSet, parseAddress } from "@cortensor/protocol";
import { encodeFunctionData } from "viem";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { guardSetsAbi } from "./generated/GuardSets.js";
import { sendTo } from "./sendTo.js";

/** Who guards an epoch, as the chain has it. */
export type ChainGuardSet = GuardSet & {
  /** Of these, the guards whose word counts nothing any more. */
  readonly frozen: ReadonlySet<Address>;
  /** Whether it was fixed for this very epoch; else the set before stands, and while the epoch's records are open one may still be fixed. */
  readonly isFixed: boolean;
};

/** A chain on which there are sets of guards: the serving layer, or home. */
export type GuardSetsReader = Pick<ChainReader, "client"> & {
  readonly profile: { readonly addresses: { readonly guardSets: Address } };
};
export type GuardSetsWriter = GuardSetsReader & Pick<ChainWriter, "account" | "send">;

/** The last set that was fixed for an epoch or before it; without members before there was any. Final once the epoch's records are cut off. */
export async function readGuardSet(chain: GuardSetsReader, epoch: number): Promise<ChainGuardSet> {
  const { client, profile } = chain;
  const sets = { address: profile.addresses.guardSets, abi: guardSetsAbi, args: [BigInt(epoch)] } as const;
  const [members, [, frozenBits], isFixed] = await chainCall(
    "readGuardSet",
    Promise.all([
      client.readContract({ ...sets, functionName: "setAt" }),
      client.readContract({ ...sets, functionName: "storedSetAt" }),
      client.readContract({ ...sets, functionName: "isFixed" }),
    ]),
  );
  const set = guardSet(
    epoch,
    members.map(({ guard, stakeWei }) => ({ guard: parseAddress(guard), stakeWei })),
  );
  const frozen = set.members.filter((_member, place) => Math.floor(frozenBits / 2 ** place) % 2 === 1);
  return { ...set, frozen: new Set(frozen.map(({ guard }) => guard)), isFixed };
}

/** Fixes who guards an epoch, while its records are open, once. By anyone. */
export async function fixGuardSet(chain: GuardSetsWriter, epoch: number): Promise<ChainReceipt> {
  const data = encodeFunctionData({ abi: guardSetsAbi, functionName: "fixSet", args: [BigInt(epoch)] });
  return sendTo(chain, "guardSets", { call: "fixGuardSet", data });
}

/** Epoch of the set that was fixed last; 0 too before there was any. */
export async function readLastFixed(chain: GuardSetsReader): Promise<number> {
  const sets = { address: chain.profile.addresses.guardSets, abi: guardSetsAbi } as const;
  return Number(await chainCall("readLastFixed", chain.client.readContract({ ...sets, functionName: "lastFixed" })));
}

/** Home's own sets: who signs what comes there by a link of guards. Undefined where home is the serving layer, or has none. */
export function guardSetsAtHome({ profile, home }: ChainWriter): GuardSetsWriter | undefined {
  const { guardSets } = home.profile.addresses;
  if (profile.home === undefined || guardSets === undefined) return undefined;
  const { client, account, send } = home;
  return { client, account, send, profile: { addresses: { guardSets } } };
}

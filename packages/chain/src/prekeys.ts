import { type Address, type Bytes32, type PrekeyTimes, ZERO_BYTES32 } from "@cortensor/protocol";
import { encodeFunctionData } from "viem";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { prekeysAbi } from "./generated/Prekeys.js";
import { sendTo } from "./sendTo.js";

/** One miner's bundle of one prekey epoch. */
export type PrekeyKey = { readonly node: Address; readonly prekeyEpoch: number };

/** How prekeys follow one another on this network. They never change. */
export async function readPrekeyTimes(chain: ChainReader): Promise<PrekeyTimes> {
  const prekeys = { address: chain.profile.addresses.prekeys, abi: prekeysAbi } as const;
  const [t0, prekeySeconds] = await chainCall(
    "readPrekeyTimes",
    Promise.all([
      chain.client.readContract({ ...prekeys, functionName: "t0" }),
      chain.client.readContract({ ...prekeys, functionName: "prekeySeconds" }),
    ]),
  );
  return { startSeconds: Number(t0), prekeySeconds: Number(prekeySeconds) };
}

/** What a bundle must hash to (`prekeyBundleHash`). Undefined where the miner posted none for that epoch. */
export async function readPrekeyHash(
  chain: ChainReader,
  { node, prekeyEpoch }: PrekeyKey,
): Promise<Bytes32 | undefined> {
  const prekeys = { address: chain.profile.addresses.prekeys, abi: prekeysAbi } as const;
  const args = [node, BigInt(prekeyEpoch)] as const;
  const read = chain.client.readContract({ ...prekeys, functionName: "hashOf", args });
  const hash = await chainCall("readPrekeyHash", read);
  return hash === ZERO_BYTES32 ? undefined : hash;
}

/** Posts a bundle's hash, once. The writer must be the node or its owner; of the epoch that runs, or in its last quarter of the next. */
export async function postPrekeyHash(
  chain: ChainWriter,
  { node, prekeyEpoch, bundleHash }: PrekeyKey & { readonly bundleHash: Bytes32 },
): Promise<ChainReceipt> {
  const args = [node, BigInt(prekeyEpoch), bundleHash] as const;
  const data = encodeFunctionData({ abi: prekeysAbi, functionName: "post", args });
  return sendTo(chain, "prekeys", { call: "postPrekeyHash", data });
}

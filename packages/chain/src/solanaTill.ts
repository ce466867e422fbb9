import { type Bytes32, bytesToHex, type PostedRoot, SIGNED_KINDS, ZERO_BYTES32 } from "@cortensor/protocol";
import { encodeFunctionData } from "viem";
import { blockRanges } from "./blockRanges.js";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { attestationsAbi } from "./generated/Attestations.js";
import { readHead } from "./readHead.js";
import { sendTo } from "./sendTo.js";

const KIND = SIGNED_KINDS.indexOf("solanaDeposits") + 1;

/** The root of deposits on a cluster of one epoch. Undefined while there is none. */
export async function readDepositsRoot(
  chain: ChainReader,
  of: { readonly subjectChainId: number; readonly epoch: number },
): Promise<Bytes32 | undefined> {
  const contract = { address: chain.profile.addresses.attestations, abi: attestationsAbi } as const;
  const args = [BigInt(of.subjectChainId), KIND, BigInt(of.epoch)] as const;
  const read = chain.client.readContract({ ...contract, functionName: "rootOf", args });
  const root = await chainCall("readDepositsRoot", read);
  return root === ZERO_BYTES32 ? undefined : root;
}

/** Every root of deposits that was posted of a cluster, in the order of their epochs. */
export async function listDepositsRoots(chain: ChainReader, subjectChainId: number): Promise<readonly PostedRoot[]> {
  const { blockNumber } = await readHead(chain);
  const roots: PostedRoot[] = [];
  for (const piece of blockRanges(chain.profile.deployBlock, blockNumber)) {
    const found = chain.client.getContractEvents({
      address: chain.profile.addresses.attestations,
      abi: attestationsAbi,
      eventName: "AttestationPosted",
      args: { subjectChainId: BigInt(subjectChainId), kind: KIND },
      strict: true,
      ...piece,
    });
    for (const { args } of await chainCall("listDepositsRoots", found)) {
      roots.push({ epoch: Number(args.epoch), root: args.root });
    }
  }
  return roots.sort((one, two) => one.epoch - two.epoch);
}

/** Posts a root of deposits with its packed quorum, as `postAttestation` posts the others. By anyone. */
export async function postDepositsRoot(
  chain: ChainWriter,
  of: { readonly subjectChainId: number; readonly epoch: number; readonly root: Bytes32; readonly quorum: Uint8Array },
): Promise<ChainReceipt> {
  const posted = { subjectChainId: BigInt(of.subjectChainId), kind: KIND, epoch: BigInt(of.epoch), root: of.root };
  const args = [posted, bytesToHex(of.quorum)] as const;
  const data = encodeFunctionData({ abi: attestationsAbi, functionName: "post", args });
  return sendTo(chain, "attestations", { call: "postDepositsRoot", data });
}

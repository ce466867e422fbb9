import type { Address, Bytes32, Hex } from "@cortensor/protocol";
import { encodeFunctionData, isHash, type PublicClient } from "viem";
import { ChainError, chainCall } from "../chainError.js";
import type { ChainWriter, SentCall } from "../chainWriter.js";
import { blockReporterAbi } from "../generated/BlockReporter.js";
import { parentBlocksAbi } from "../generated/ParentBlocks.js";
import { stakeMirrorAbi } from "../generated/StakeMirror.js";
import type { StakeProof } from "../stakeProof.js";

/** The hash in the body of a block reporter's message. Throws CHAIN_BAD_LINK for what none of ours says. */
export function readReportedBlock(body: Hex): Bytes32 {
  if (!isHash(body)) throw new ChainError({ code: "CHAIN_BAD_LINK", reason: "a report of a block that can't be read" });
  return body;
}

/** Whether the layer below knows a block of the layer above. */
export async function readIsBlockKnown(
  client: PublicClient,
  { parentBlocks, blockHash }: { readonly parentBlocks: Address; readonly blockHash: Bytes32 },
): Promise<boolean> {
  const call = { address: parentBlocks, abi: parentBlocksAbi, functionName: "isKnown", args: [blockHash] } as const;
  return chainCall("readIsBlockKnown", client.readContract(call));
}

/** Has the layer below told of the block before the one that this is in. By anyone. */
export function reportBlock(sender: Pick<ChainWriter, "send">, blockReporter: Address): Promise<SentCall> {
  const data = encodeFunctionData({ abi: blockReporterAbi, functionName: "report" });
  return sender.send({ call: "reportBlock", to: blockReporter, data });
}

/** Shows below what a vault held in a block that is known there. By anyone. */
export function proveStake(
  sender: Pick<ChainWriter, "send">,
  of: { readonly mirror: Address; readonly operator: Address; readonly proof: StakeProof },
): Promise<SentCall> {
  const args = [of.operator, of.proof] as const;
  const data = encodeFunctionData({ abi: stakeMirrorAbi, functionName: "prove", args });
  return sender.send({ call: "proveStake", to: of.mirror, data });
}

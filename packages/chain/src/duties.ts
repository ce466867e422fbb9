import { type Address, type Bytes32, bytesToHex, ZERO_BYTES32 } from "@cortensor/protocol";
import { encodeFunctionData } from "viem";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { dutiesAbi } from "./generated/Duties.js";
import { sendTo } from "./sendTo.js";

/** What one validator has done for one epoch's duties. */
export type DutySteps = {
  readonly hasCommitted: boolean;
  readonly hasCommittedVerdicts: boolean;
  readonly hasShown: boolean;
};

/** Commits to the secret that draws the writer's duties of the next epoch (`dutyCommitment`). Refused for who may not validate. */
export async function commitDuty(
  chain: ChainWriter,
  { epoch, commitment }: { readonly epoch: number; readonly commitment: Bytes32 },
): Promise<ChainReceipt> {
  const args = [BigInt(epoch), commitment] as const;
  const data = encodeFunctionData({ abi: dutiesAbi, functionName: "commit", args });
  return sendTo(chain, "duties", { call: "commitDuty", data });
}

/** Commits to what the writer found (`dutyVerdictsCommitment`), while the epoch after runs. */
export async function commitVerdicts(
  chain: ChainWriter,
  { epoch, commitment }: { readonly epoch: number; readonly commitment: Bytes32 },
): Promise<ChainReceipt> {
  const args = [BigInt(epoch), commitment] as const;
  const data = encodeFunctionData({ abi: dutiesAbi, functionName: "commitVerdicts", args });
  return sendTo(chain, "duties", { call: "commitVerdicts", data });
}

/** Shows the writer's secret and what it committed to finding, in the second epoch after, before its cut-off. */
export async function showDuties(
  chain: ChainWriter,
  show: {
    readonly epoch: number;
    readonly secret: Bytes32;
    /** Zero, with no outcomes, when nothing was committed to. */
    readonly documentCid: Bytes32;
    readonly outcomes: Uint8Array;
  },
): Promise<ChainReceipt> {
  const { epoch, secret, documentCid, outcomes } = show;
  const args = [BigInt(epoch), secret, documentCid, bytesToHex(outcomes)] as const;
  const data = encodeFunctionData({ abi: dutiesAbi, functionName: "show", args });
  return sendTo(chain, "duties", { call: "showDuties", data });
}

export async function readDutySteps(
  chain: ChainReader,
  { epoch, validator }: { readonly epoch: number; readonly validator: Address },
): Promise<DutySteps> {
  const duties = { address: chain.profile.addresses.duties, abi: dutiesAbi } as const;
  const read = chain.client.readContract({ ...duties, functionName: "roundOf", args: [BigInt(epoch), validator] });
  const { commitment, verdicts, isShown } = await chainCall("readDutySteps", read);
  return {
    hasCommitted: commitment !== ZERO_BYTES32,
    hasCommittedVerdicts: verdicts !== ZERO_BYTES32,
    hasShown: isShown,
  };
}

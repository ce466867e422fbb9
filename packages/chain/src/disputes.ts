import {
  type Address,
  type BatchProof,
  type Bytes32,
  CUSTODIES,
  type DisputedResult,
  FINISH_REASONS,
  type Hex,
  hashResult,
  PRIVACIES,
  type ShownFinding,
  VERDICT_OUTCOMES,
} from "@cortensor/protocol";
import { encodeFunctionData, parseEventLogs } from "viem";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { ensureAllowance } from "./cor.js";
import { evidenceAbi } from "./generated/Evidence.js";
import { juriesAbi } from "./generated/Juries.js";
import { requireEvent } from "./requireEvent.js";
import { sendTo } from "./sendTo.js";
import { toReceipt } from "./toReceipt.js";

/** Where a call's selector ends, in its hex. */
const SELECTOR_END = 10;

/** Disputes a result, within a day of its task's deadline. Takes the bond from the writer, who has it back unless the result is cleared. */
export async function disputeResult(
  chain: ChainWriter,
  disputed: DisputedResult,
): Promise<ChainReceipt & { readonly number: number }> {
  await allowBond(chain);
  const args = [toAccusation(disputed)] as const;
  const data = encodeFunctionData({ abi: juriesAbi, functionName: "open", args });
  const sent = await chain.send({ call: "disputeResult", to: chain.profile.addresses.juries, data });
  const logs = parseEventLogs({ abi: juriesAbi, eventName: "DisputeOpened", logs: [...sent.logs] });
  return { ...toReceipt(sent), number: Number(requireEvent("DisputeOpened", sent, logs).args.number) };
}

/** Shows a receipt of the disputed result that promises more. By anyone, while the dispute goes on: a penalty counts by the highest. */
export async function amendDispute(
  chain: ChainWriter,
  of: { readonly number: number; readonly disputed: DisputedResult },
): Promise<ChainReceipt> {
  const args = [BigInt(of.number), toAccusation(of.disputed)] as const;
  return send(chain, "amendDispute", encodeFunctionData({ abi: juriesAbi, functionName: "amend", args }));
}

/** What shows it, as the contract takes it: what `check` of the contract beside it takes, without the selector. */
function toAccusation(disputed: DisputedResult): Hex {
  const { task, receipt, results, proof, result, resultProof } = disputed;
  const accusation = {
    task: { ...task, deadline: BigInt(task.deadline), privacy: PRIVACIES.indexOf(task.privacy) },
    receipt: {
      ...receipt,
      custody: CUSTODIES.indexOf(receipt.custody),
      finish: FINISH_REASONS.indexOf(receipt.finish),
      epoch: BigInt(receipt.epoch),
    },
    resultHashes: results,
    place: BigInt(Math.max(0, results.indexOf(hashResult(result)))),
    result: { ...result, finish: FINISH_REASONS.indexOf(result.finish) },
    receiptProof: toProof(proof),
    resultProof: toProof(resultProof),
  };
  const call = encodeFunctionData({ abi: evidenceAbi, functionName: "check", args: [accusation] });
  return `0x${call.slice(SELECTOR_END)}`;
}

/** What a dispute, and an appeal, puts down. */
export async function readDisputeBondWei(chain: ChainReader): Promise<bigint> {
  const read = { address: chain.profile.addresses.juries, abi: juriesAbi, functionName: "BOND_WEI" } as const;
  return chainCall("readDisputeBondWei", chain.client.readContract(read));
}

/** Puts a node into the draw that a dispute waits for. By anyone, in the first half of the draw's epoch. */
export async function claimJudge(
  chain: ChainWriter,
  of: { readonly number: number; readonly node: Address },
): Promise<ChainReceipt> {
  const args = [BigInt(of.number), of.node] as const;
  return send(chain, "claimJudge", encodeFunctionData({ abi: juriesAbi, functionName: "claim", args }));
}

/** Makes the draw that a dispute waits for: of validators, or of a jury. By anyone, in the second half of its epoch. */
export async function drawJudges(
  chain: ChainWriter,
  of: { readonly number: number; readonly phase: "opened" | "called" | "appealed" },
): Promise<ChainReceipt> {
  const functionName = of.phase === "opened" ? "seat" : "empanel";
  const data = encodeFunctionData({ abi: juriesAbi, functionName, args: [BigInt(of.number)] });
  return send(chain, "drawJudges", data);
}

/** Commits the writer, a validator, to its verdict: see `verdictCommitment`. */
export async function commitVerdict(
  chain: ChainWriter,
  of: { readonly number: number; readonly commitment: Bytes32 },
): Promise<ChainReceipt> {
  const args = [BigInt(of.number), of.commitment] as const;
  return send(chain, "commitVerdict", encodeFunctionData({ abi: juriesAbi, functionName: "commit", args }));
}

/** Shows the verdict that the writer committed to. */
export async function revealVerdict(
  chain: ChainWriter,
  of: { readonly number: number } & ShownFinding,
): Promise<ChainReceipt> {
  const outcome = VERDICT_OUTCOMES.indexOf(of.outcome);
  const args = [BigInt(of.number), outcome, of.stats, of.firstDiff, of.salt] as const;
  return send(chain, "revealVerdict", encodeFunctionData({ abi: juriesAbi, functionName: "reveal", args }));
}

/** Says, as a juror, whether the result is wrong. */
export async function castJuryVote(
  chain: ChainWriter,
  of: { readonly number: number; readonly isWrong: boolean },
): Promise<ChainReceipt> {
  const args = [BigInt(of.number), of.isWrong] as const;
  return send(chain, "castJuryVote", encodeFunctionData({ abi: juriesAbi, functionName: "vote", args }));
}

/** Asks for a second jury, within a day of the first one's verdict. Takes the bond from the writer, who has it back if the second finds less. */
export async function appealVerdict(chain: ChainWriter, number: number): Promise<ChainReceipt> {
  await allowBond(chain);
  return send(chain, "appealVerdict", encodeNumbered("appeal", number));
}

/** Ends a dispute over a result that its miner's owner planted for itself: see `readIsPlanted`. By anyone. */
export async function dismissDispute(chain: ChainWriter, number: number): Promise<ChainReceipt> {
  return send(chain, "dismissDispute", encodeNumbered("dismiss", number));
}

/** What a dispute has due that anyone may do: enforce a deadline, carry a slash to the stake, end a freeze that has lasted long enough. */
export const DISPUTE_CHORES = ["expire", "execute", "thaw"] as const;
export type DisputeChore = (typeof DISPUTE_CHORES)[number];

/** Does one of these. */
export async function enforceDispute(
  chain: ChainWriter,
  of: { readonly number: number; readonly chore: DisputeChore },
): Promise<ChainReceipt> {
  return send(chain, `enforceDispute: ${of.chore}`, encodeNumbered(of.chore, of.number));
}

function encodeNumbered(functionName: "appeal" | "dismiss" | DisputeChore, number: number) {
  return encodeFunctionData({ abi: juriesAbi, functionName, args: [BigInt(number)] });
}

function send(chain: ChainWriter, call: string, data: Parameters<typeof sendTo>[2]["data"]): Promise<ChainReceipt> {
  return sendTo(chain, "juries", { call, data });
}

async function allowBond(chain: ChainWriter): Promise<void> {
  await ensureAllowance(chain, { spender: chain.profile.addresses.juries, wei: await readDisputeBondWei(chain) });
}

function toProof({ batch, signature, path }: BatchProof) {
  return { batch: { ...batch, sequence: BigInt(batch.sequence) }, signature, path };
}

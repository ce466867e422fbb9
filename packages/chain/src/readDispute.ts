import {
  type Address,
  type Bytes32,
  DISPUTE_ENDINGS,
  DISPUTE_PHASES,
  type DisputeEnding,
  type DisputePhase,
  parseAddress,
  type UnixSeconds,
  ZERO_BYTES32,
} from "@cortensor/protocol";
import { zeroAddress } from "viem";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import type { DisputeChore } from "./disputes.js";
import { juriesAbi } from "./generated/Juries.js";

/** A dispute over one result, as the chain has it. */
export type DisputeRecord = {
  readonly number: number;
  /** As the results root has it: see `setEntryId`. */
  readonly taskId: Bytes32;
  readonly resultHash: Bytes32;
  readonly kernelClass: Bytes32;
  readonly modelId: Bytes32;
  readonly miner: Address;
  readonly client: Address;
  readonly opener: Address;
  readonly appellant: Address | undefined;
  readonly feeWei: bigint;
  readonly phase: DisputePhase;
  readonly atSeconds: UnixSeconds;
  readonly deadlineSeconds: UnixSeconds;
  readonly round: number;
  readonly tries: number;
  readonly validators: readonly Address[];
  /** Those of this round that have committed to a verdict. */
  readonly committed: readonly Address[];
  readonly jurors: readonly Address[];
  readonly secondJurors: readonly Address[];
  /** Of the first jury. */
  readonly verdict: DisputeEnding | undefined;
  readonly isAppealed: boolean;
  readonly ending: DisputeEnding | undefined;
  /** The miner is frozen for this dispute, until then at most. */
  readonly frozenUntil: UnixSeconds | undefined;
  /** Where it ended with a slash: the verdict was sent to whoever takes stakes. */
  readonly isSent: boolean;
  /** The miner's owner asked for it itself, as every receipt that was shown says: what it planted there harmed nobody. */
  readonly isOwn: boolean;
};

/** Undefined for a number that no dispute has. */
export async function readDispute(chain: ChainReader, number: number): Promise<DisputeRecord | undefined> {
  const args = [BigInt(number)] as const;
  const [dispute, charge] = await Promise.all([
    chainCall("readDispute", chain.client.readContract({ ...contract(chain), functionName: "disputeOf", args })),
    chainCall("readDispute", chain.client.readContract({ ...contract(chain), functionName: "chargeOf", args })),
  ]);
  if (dispute.deadline === 0) return undefined;
  const nodes = (list: readonly Address[]): readonly Address[] => list.map((node) => parseAddress(node));
  return {
    number,
    taskId: charge.taskId,
    resultHash: charge.resultHash,
    kernelClass: charge.kernelClass,
    modelId: charge.modelId,
    miner: parseAddress(charge.miner),
    client: parseAddress(charge.client),
    opener: parseAddress(charge.opener),
    appellant: charge.appellant === zeroAddress ? undefined : parseAddress(charge.appellant),
    feeWei: charge.feeWei,
    phase: DISPUTE_PHASES[dispute.phase] ?? "ended",
    atSeconds: dispute.at,
    deadlineSeconds: dispute.deadline,
    round: dispute.round,
    tries: dispute.tries,
    validators: nodes(dispute.validators),
    committed: nodes(
      dispute.validators.filter((_, seat) => (dispute.commitments[seat] ?? ZERO_BYTES32) !== ZERO_BYTES32),
    ),
    jurors: nodes(dispute.jurors),
    secondJurors: nodes(dispute.secondJurors),
    verdict: DISPUTE_ENDINGS[dispute.verdict - 1],
    isAppealed: dispute.isAppealed,
    ending: DISPUTE_ENDINGS[dispute.ending - 1],
    frozenUntil: charge.isFreezing ? charge.frozenUntil : undefined,
    isSent: charge.isSent,
    isOwn: charge.isOwn,
  };
}

/** How many disputes were opened: they have the numbers from 1 on. */
export async function readDisputeCount(chain: ChainReader): Promise<number> {
  const read = chain.client.readContract({ ...contract(chain), functionName: "disputeCount" });
  return Number(await chainCall("readDisputeCount", read));
}

/** The number of the last dispute over a result; undefined when there is none. */
export async function findDispute(chain: ChainReader, resultHash: Bytes32): Promise<number | undefined> {
  const read = chain.client.readContract({ ...contract(chain), functionName: "lastDisputeOf", args: [resultHash] });
  const number = Number(await chainCall("findDispute", read));
  return number === 0 ? undefined : number;
}

/** Whether a jury's verdict freezes a node now. */
export async function readIsMinerFrozen(chain: ChainReader, node: Address): Promise<boolean> {
  const read = chain.client.readContract({ ...contract(chain), functionName: "isFrozen", args: [node] });
  return chainCall("readIsMinerFrozen", read);
}

/** Which of these nodes a jury's verdict freezes now, in their order. */
export async function readFrozenMiners(chain: ChainReader, nodes: readonly Address[]): Promise<readonly boolean[]> {
  return Promise.all(nodes.map((node) => readIsMinerFrozen(chain, node)));
}

/** What is due of a dispute at a time, that anyone may do; undefined for nothing. */
export function dueChore(dispute: DisputeRecord, nowSeconds: UnixSeconds): DisputeChore | undefined {
  if (dispute.phase !== "ended" && nowSeconds >= dispute.deadlineSeconds) return "expire";
  if (dispute.ending === "slashed" && !dispute.isSent) return "execute";
  return dispute.frozenUntil !== undefined && nowSeconds >= dispute.frozenUntil ? "thaw" : undefined;
}

function contract(chain: ChainReader) {
  return { address: chain.profile.addresses.juries, abi: juriesAbi } as const;
}

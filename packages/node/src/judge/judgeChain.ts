import {
  appealVerdict,
  type ChainWriter,
  castJuryVote,
  claimJudge,
  commitVerdict,
  type DisputeChore,
  type DisputeRecord,
  dismissDispute,
  drawJudges,
  enforceDispute,
  type NodeRecord,
  readBeacon,
  readCorBalance,
  readDispute,
  readDisputeBondWei,
  readDisputeCount,
  readIsPlanted,
  readNode,
  readNodeWeight,
  readSeedBeacon,
  revealVerdict,
} from "@cortensor/chain";
import type { Address, Bytes32, EpochTimes, ShownFinding, UnixSeconds } from "@cortensor/protocol";

/** What a phase waits for that is drawn. */
export type DrawnPhase = "opened" | "called" | "appealed";

/**
 * What a judge asks of its chain, and what it sends there with its own key. What is sent resolves when it is in a block, and rejects when the
 * contract refuses: then nothing changed.
 */
export type JudgeChain = {
  readonly chainId: number;
  readonly times: EpochTimes;
  /** The contract whose domain verdicts are made under. */
  readonly guards: Address;
  /** Whose domain receipts and results are signed under. */
  readonly registry: Address;
  readDisputeCount(): Promise<number>;
  readDispute(number: number): Promise<DisputeRecord | undefined>;
  /** Undefined while it isn't known. */
  readBeacon(epoch: number): Promise<Bytes32 | undefined>;
  /** That a task of an epoch takes its seed from; undefined while it isn't known. */
  readSeedBeacon(epoch: number): Promise<Bytes32 | undefined>;
  /** This node's tickets in draws whose candidates are fixed at a second. */
  readWeight(fixedAtSeconds: UnixSeconds): Promise<number>;
  readNode(signer: Address): Promise<Pick<NodeRecord, "owner" | "kernelClass" | "endpoint"> | undefined>;
  /** Puts this node into the draw that is awaited. */
  claim(number: number): Promise<void>;
  draw(number: number, phase: DrawnPhase): Promise<void>;
  commit(number: number, commitment: Bytes32): Promise<void>;
  reveal(number: number, finding: ShownFinding): Promise<void>;
  vote(number: number, isWrong: boolean): Promise<void>;
  enforce(number: number, chore: DisputeChore): Promise<void>;
  /** Whether this node can put down what an appeal takes. */
  readCanAppeal(): Promise<boolean>;
  /** Asks for a second jury, and puts down the bond. */
  appeal(number: number): Promise<void>;
  /** Whether a result's owner has opened it as planted. */
  readIsPlanted(resultHash: Bytes32): Promise<boolean>;
  /** Ends a dispute over what its owner planted for itself. */
  dismiss(number: number): Promise<void>;
};

/** A judge's chain, with the judge's own key. */
export function createJudgeChain(writer: ChainWriter): JudgeChain {
  const { chainId, addresses, t0, epochSeconds } = writer.profile;
  const node = writer.account;
  return {
    chainId,
    times: { t0, epochSeconds },
    guards: addresses.attestations,
    registry: addresses.registry,
    readDisputeCount: () => readDisputeCount(writer),
    readDispute: (number) => readDispute(writer, number),
    readBeacon: (epoch) => readBeacon(writer, epoch),
    readSeedBeacon: (epoch) => readSeedBeacon(writer, epoch),
    readWeight: (fixedAtSeconds) => readNodeWeight(writer, { node, fixedAtSeconds }),
    readNode: (signer) => readNode(writer, signer),
    claim: async (number) => void (await claimJudge(writer, { number, node })),
    draw: async (number, phase) => void (await drawJudges(writer, { number, phase })),
    commit: async (number, commitment) => void (await commitVerdict(writer, { number, commitment })),
    reveal: async (number, finding) => void (await revealVerdict(writer, { number, ...finding })),
    vote: async (number, isWrong) => void (await castJuryVote(writer, { number, isWrong })),
    readCanAppeal: async () => (await readCorBalance(writer, node)) >= (await readDisputeBondWei(writer)),
    appeal: async (number) => void (await appealVerdict(writer, number)),
    readIsPlanted: (resultHash) => readIsPlanted(writer, resultHash),
    dismiss: async (number) => void (await dismissDispute(writer, number)),
    enforce: async (number, chore) => void (await enforceDispute(writer, { number, chore })),
  };
}

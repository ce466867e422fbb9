import {
  type ChainReader,
  type ChainWriter,
  claimDutyPay,
  collectDutyFees,
  commitDuty,
  commitVerdicts,
  type DisputeRecord,
  type DutySteps,
  disputeResult,
  findDispute,
  listNodes,
  listOwed,
  type NodeRecord,
  readAttestedRoot,
  readCorBalance,
  readDispute,
  readDisputeBondWei,
  readDutyPaid,
  readDutySteps,
  readNode,
  readSeedBeacon,
  showDuties,
} from "@cortensor/chain";
import type { Address, Bytes32, DisputedResult, DutyPayProof, EpochTimes } from "@cortensor/protocol";
import type { PayChain } from "./claimPay.js";
import type { DutyPayWatch } from "./fetchDutyPay.js";

/**
 * What a validator asks of its chain, and what it sends there with its own key. What is sent resolves when it is in a block, and rejects when the
 * contract refuses: then nothing changed.
 */
export type ValidatorChain = PayChain & {
  readonly chainId: number;
  readonly times: EpochTimes;
  /** The contract whose domain verdicts are signed under. */
  readonly guards: Address;
  /** Whose domain receipts are signed under. */
  readonly registry: Address;
  /** What this validator has done for an epoch. */
  readSteps(epoch: number): Promise<DutySteps>;
  commit(commit: { readonly epoch: number; readonly commitment: Bytes32 }): Promise<void>;
  commitVerdicts(commit: { readonly epoch: number; readonly commitment: Bytes32 }): Promise<void>;
  show(show: Parameters<typeof showDuties>[1]): Promise<void>;
  /** The last dispute over a result. */
  findDispute(resultHash: Bytes32): Promise<DisputeRecord | undefined>;
  readDispute(number: number): Promise<DisputeRecord | undefined>;
  /** Whether this validator can put down what a dispute takes. */
  readCanDispute(): Promise<boolean>;
  /** Has a result judged by others, and puts down the bond. Gives the dispute's number. */
  dispute(disputed: DisputedResult): Promise<number>;
  readNode(signer: Address): Promise<Pick<NodeRecord, "owner" | "roles"> | undefined>;
  /** What the seeds of an epoch's tasks are made of; undefined while it isn't known. */
  readBeacon(epoch: number): Promise<Bytes32 | undefined>;
};

/** A validator's chain, with the validator's own key. */
export function createValidatorChain(writer: ChainWriter): ValidatorChain {
  const { addresses, t0, epochSeconds } = writer.profile;
  return {
    ...createDutyPayWatch(writer),
    times: { t0, epochSeconds },
    guards: addresses.attestations,
    registry: addresses.registry,
    readSteps: (epoch) => readDutySteps(writer, { epoch, validator: writer.account }),
    commit: async (commit) => void (await commitDuty(writer, commit)),
    commitVerdicts: async (commit) => void (await commitVerdicts(writer, commit)),
    show: async (show) => void (await showDuties(writer, show)),
    findDispute: async (resultHash) => {
      const number = await findDispute(writer, resultHash);
      return number === undefined ? undefined : readDispute(writer, number);
    },
    readDispute: (number) => readDispute(writer, number),
    readCanDispute: async () => (await readCorBalance(writer, writer.account)) >= (await readDisputeBondWei(writer)),
    dispute: async (disputed) => (await disputeResult(writer, disputed)).number,
    readNode: (signer) => readNode(writer, signer),
    readBeacon: (epoch) => readSeedBeacon(writer, epoch),
    readDutyPaid: (validator) => readDutyPaid(writer, validator),
    claimDutyPay: (proof, dueWei) => claimOutOfFund(writer, { proof, dueWei }),
  };
}

/** What anybody can see of duties' pay. */
export function createDutyPayWatch(reader: ChainReader): DutyPayWatch {
  const { chainId } = reader.profile;
  return {
    chainId,
    readGuardEndpoints: async () => {
      const guards = await listNodes(reader, { role: "guard" });
      return guards.flatMap(({ endpoint }) => (endpoint === "" ? [] : [endpoint]));
    },
    readDutyPayRoot: (epoch) => readAttestedRoot(reader, { subjectChainId: chainId, kind: "dutyPay", epoch }),
  };
}

/** Claims what is due; before, takes in what lanes have credited, when too little is there. */
export async function claimOutOfFund(
  writer: ChainWriter,
  { proof, dueWei }: { readonly proof: DutyPayProof; readonly dueWei: bigint },
): Promise<void> {
  const { dutyPay } = writer.profile.addresses;
  if ((await readCorBalance(writer, dutyPay)) < dueWei) {
    const owing = await listOwed(writer, dutyPay);
    if (owing.length > 0)
      await collectDutyFees(
        writer,
        owing.map(({ lane }) => lane),
      );
  }
  await claimDutyPay(writer, proof);
}

import {
  type ChainWriter,
  commitDuty,
  commitVerdicts,
  type DutySteps,
  type NodeRecord,
  readDutySteps,
  readNode,
  readSeedBeacon,
  showDuties,
} from "@cortensor/chain";
import type { Address, Bytes32, EpochTimes } from "@cortensor/protocol";

/**
 * What a validator asks of its chain, and what it sends there with its own key. What is sent resolves when it is in a block, and rejects when the
 * contract refuses: then nothing changed.
 */
export type ValidatorChain = {
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
  readNode(signer: Address): Promise<Pick<NodeRecord, "owner" | "roles"> | undefined>;
  /** What the seeds of an epoch's tasks are made of; undefined while it isn't known. */
  readBeacon(epoch: number): Promise<Bytes32 | undefined>;
};

/** A validator's chain, with the validator's own key. */
export function createValidatorChain(writer: ChainWriter): ValidatorChain {
  const { chainId, addresses, t0, epochSeconds } = writer.profile;
  return {
    chainId,
    times: { t0, epochSeconds },
    guards: addresses.attestations,
    registry: addresses.registry,
    readSteps: (epoch) => readDutySteps(writer, { epoch, validator: writer.account }),
    commit: async (commit) => void (await commitDuty(writer, commit)),
    commitVerdicts: async (commit) => void (await commitVerdicts(writer, commit)),
    show: async (show) => void (await showDuties(writer, show)),
    readNode: (signer) => readNode(writer, signer),
    readBeacon: (epoch) => readSeedBeacon(writer, epoch),
  };
}

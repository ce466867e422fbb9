import type { Address, AttestationKind, Bytes32, UnixSeconds, VirtualBlock } from "@cortensor/protocol";

/** What is known of epochs and of who attests them: from the chain, and from guards. */
export type EpochDesk = {
  /** The running epoch and the last ones before it. */
  overview(): Promise<EpochsView>;
  /** The virtual block of an epoch. Undefined when it has none of its own, or no guard shows it. */
  findVirtualBlock(epoch: number): Promise<ShownVirtualBlock | undefined>;
};

export type EpochsView = {
  /** Chain time. */
  readonly atSeconds: UnixSeconds;
  readonly epoch: number;
  readonly startsAt: UnixSeconds;
  /** From then on what happens belongs to the next epoch's records. */
  readonly cutOffAt: UnixSeconds;
  readonly endsAt: UnixSeconds;
  readonly setHash: Bytes32;
  readonly stakeWei: bigint;
  /** Who guards the epoch, by address. */
  readonly guards: readonly GuardView[];
  /** Who leads its roots, from its end on: slot k is that of place k modulo their number. */
  readonly leaders: readonly Address[];
  /** Epochs that are over, the last one first. */
  readonly epochs: readonly EpochView[];
};

export type GuardView = {
  readonly guard: Address;
  readonly stakeWei: bigint;
  readonly endpoint?: string;
  readonly isFrozen: boolean;
  /** Whether it answers at its endpoint. */
  readonly isUp: boolean;
};

export type EpochView = {
  readonly epoch: number;
  /** How many guarded it. */
  readonly guards: number;
  readonly roots: readonly RootView[];
  /** Kinds without a root. */
  readonly missing: readonly AttestationKind[];
  /** Whether what is missing may still be posted; if not, the next root of its kind covers it. */
  readonly isOpen: boolean;
  readonly beacon?: BeaconView;
  /** First epoch that its virtual block covers; absent when it has none of its own, or nobody has looked so far back. */
  readonly coversFrom?: number;
};

export type RootView = {
  readonly kind: AttestationKind;
  readonly root: Bytes32;
  readonly blockNumber: number;
  readonly txHash: Bytes32;
  /** Signatures that it was posted with; absent when another contract posted it. */
  readonly signatures?: number;
};

/** An epoch's beacon. */
export type BeaconView = {
  readonly beacon: Bytes32;
  /** How many committed to a secret, and how many of them showed it. */
  readonly committed: number;
  readonly revealed: number;
  /** Whether nobody's secret is in it, so that anybody could foresee it. */
  readonly isFallback: boolean;
};

export type ShownVirtualBlock = {
  readonly block: VirtualBlock;
  readonly hash: Bytes32;
  /** Guards that show these very bytes. */
  readonly shownBy: readonly Address[];
};

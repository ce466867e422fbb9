import type { BeaconPledge, DrandPlace, PostedWork, WorkKey } from "@cortensor/chain";
import type {
  Address,
  Attestation,
  AttestationKind,
  Bytes32,
  DisputeNews,
  DrandNetwork,
  DutyRound,
  EpochTimes,
  FundCredit,
  GuardOffence,
  GuardSet,
  Hex,
  OpenedPlant,
  PostedRoot,
  SettlementLeaf,
  UnixSeconds,
} from "@cortensor/protocol";
import type { NodeWatch } from "./deadlineDesk.js";

/** A block, as far as guards look at it. */
export type GuardBlock = {
  readonly number: number;
  readonly time: UnixSeconds;
  readonly hash: Bytes32;
  readonly stateRoot: Bytes32;
};

/** An inclusive range of blocks. */
export type BlockRange = { readonly fromBlock: number; readonly toBlock: number };

/** A kind of records of one epoch, about the chain itself. */
export type KindEpoch = { readonly kind: AttestationKind; readonly epoch: number };

/** A work record, as its event says. */
export type WorkPosted = Omit<PostedWork, "blockNumber" | "router">;

/**
 * What a guard asks of its chain, and what it sends there with its own key. The chain that it posts to is the one that it speaks about. What
 * is sent resolves when it is in a block, and rejects when the contract refuses: then nothing changed.
 */
export type GuardChain = {
  readonly chainId: number;
  /** The contract whose domain guards sign under. */
  readonly guards: Address;
  /** The contract whose domain nodes sign batches under. */
  readonly registry: Address;
  readonly times: EpochTimes;
  /** First block with anything of the network. */
  readonly firstBlock: number;

  readHead(): Promise<GuardBlock>;
  /** Undefined for a block that isn't there yet. */
  readBlock(number: number): Promise<GuardBlock | undefined>;
  /** In the order of the chain. */
  readSettlements(range: BlockRange): Promise<readonly SettlementLeaf[]>;
  /** Ids of settlements whose sets were condemned up to a block, because nobody showed them. */
  readCondemned(toBlock: number): Promise<ReadonlySet<Bytes32>>;

  /** In the order of the chain. */
  readWorkRecords(range: BlockRange): Promise<readonly WorkPosted[]>;
  /** Work records that were condemned up to a block, because nobody showed them. */
  readCondemnedWork(toBlock: number): Promise<readonly WorkKey[]>;
  /** Says that nobody shows this guard a record. */
  reportWork(of: WorkKey): Promise<void>;

  /** Who guards an epoch: the set that was fixed for it, or the one before. It is final from the epoch's cut-off on, and may be empty. */
  readGuardSet(epoch: number): Promise<GuardSet>;
  readIsFixed(epoch: number): Promise<boolean>;
  /** While the epoch's records are open. */
  fixGuardSet(epoch: number): Promise<void>;
  /** The sets that guard what comes home, where that is another chain and has some. */
  readonly home?: Pick<GuardChain, "readGuardSet" | "fixGuardSet"> & {
    readChainSeconds(): Promise<UnixSeconds>;
    /** Epoch of the set that was fixed last; 0 too before there was any. */
    readLastFixed(): Promise<number>;
  };
  /** Who of these was shown to have signed two roots. */
  readFrozen(guards: readonly Address[]): Promise<ReadonlySet<Address>>;
  freezeGuard(proof: GuardOffence): Promise<void>;

  /** Undefined while no root of it is posted. */
  readPosted(of: KindEpoch): Promise<Bytes32 | undefined>;
  /** What was posted in these blocks, in any order. */
  listPosted(range: BlockRange): Promise<readonly Attestation[]>;
  postAttestation(posting: { readonly attestation: Attestation; readonly packed: Uint8Array }): Promise<void>;

  /** The root of deposits on a cluster, by its number. Undefined while none is posted. */
  readPostedDeposits(of: { readonly subjectChainId: number; readonly epoch: number }): Promise<Bytes32 | undefined>;
  /** All that were posted of a cluster, in the order of their epochs. */
  listPostedDeposits(subjectChainId: number): Promise<readonly PostedRoot[]>;
  postDeposits(posting: {
    readonly subjectChainId: number;
    readonly epoch: number;
    readonly root: Bytes32;
    readonly packed: Uint8Array;
  }): Promise<void>;

  /** Undefined while it isn't known. */
  readBeacon(epoch: number): Promise<Bytes32 | undefined>;
  /** What this guard has done for an epoch's beacon. */
  readPledge(epoch: number): Promise<BeaconPledge>;
  commitBeacon(commit: { readonly epoch: number; readonly commitment: Bytes32 }): Promise<void>;
  revealBeacon(reveal: { readonly epoch: number; readonly secret: Bytes32 }): Promise<void>;

  /** The drand network whose rounds go into beacons, for good. Undefined when none do. */
  readDrandNetwork(): Promise<DrandNetwork | undefined>;
  readDrandPlace(epoch: number): Promise<DrandPlace>;
  /** Before the epoch begins: a round's signature as `openDrandRound` has it. */
  postDrandRound(post: { readonly epoch: number; readonly signature: Hex }): Promise<void>;

  /** Nodes' lives, and the network's own tasks. */
  readonly nodes: NodeWatch;
  /** Commitments to secrets of an epoch's duties, and what was shown of them, in a range of blocks. */
  readDutyRound(of: BlockRange & { readonly epoch: number }): Promise<DutyRound>;
  /** Plants that were opened in a range of blocks, whatever they show. */
  readPlants(range: BlockRange): Promise<readonly OpenedPlant[]>;
  /** Who owns the sessions of these accounts; one that isn't there is left out. */
  readAccountOwners(accounts: readonly number[]): Promise<ReadonlyMap<number, Address>>;
  /** How far lanes' counters for the validators' fund went in these blocks. */
  readFundCredits(range: BlockRange): Promise<readonly FundCredit[]>;
  /** What was heard of disputes in these blocks, in the order of the chain. */
  readDisputeNews(range: BlockRange): Promise<readonly DisputeNews[]>;
  /** Who owns these nodes, also after they left; who never was one is left out. */
  readOwners(nodes: readonly Address[]): Promise<ReadonlyMap<Address, Address>>;

  /** Where the registry says that these guards answer; who names no address is left out. */
  readGuardEndpoints(guards: readonly Address[]): Promise<ReadonlyMap<Address, string>>;
  /** Where routers answer, those of an operator's lane first. */
  readRouterEndpoints(lane: Address): Promise<readonly string[]>;
};

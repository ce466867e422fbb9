import {
  answerClaim,
  answerSetChallenge,
  type ChainReader,
  type ChainWriter,
  creditSession,
  type DisputeRecord,
  findSetCid,
  type LaneRecord,
  type ListedClaim,
  listClaims,
  listSetChallenges,
  type NetworkProfile,
  type NodeRecord,
  type OpenedSetChallenge,
  postWorkRecord,
  type RateRecord,
  readBlock,
  readDispute,
  readDutySteps,
  readFrozenMiners,
  readHead,
  readIsDenied,
  readIsVerifier,
  readLane,
  readLevelHistory,
  readMemberRole,
  readNode,
  readNodeLevel,
  readNodeLives,
  readRate,
  readSeedBeacon,
  readServedStake,
  readSession,
  readSessionCredit,
  readSetChallenge,
  readSettlements,
  readSpendingKey,
  readVerifications,
  readWorkRoot,
  type SessionCreditKey,
  type SessionRecord,
  type SetChallenge,
  type Settlement,
  type SettlementRecord,
  type SpendingKeyRecord,
  sendSettlement,
  sessionsAbi,
  settlementId,
  tellReservedTasks,
  type VerificationRecord,
  verifyNode,
  type WorkPosting,
} from "@cortensor/chain";
import {
  type Address,
  assert,
  type Bytes32,
  type LevelChange,
  type MemberRole,
  type NodeLife,
  nodeLifeAt,
  type SessionTerms,
  type UnixSeconds,
} from "@cortensor/protocol";
import { parseAbi } from "viem";
import type { SessionRules } from "./sessionRules.js";

const LANE_EVENTS = parseAbi([
  "event AllotmentChanged(uint32 indexed account, address indexed lane, uint256 allotmentWei)",
  "event AllotmentLowering(uint32 indexed account, address indexed lane, uint256 toWei, uint256 at)",
]);
/** Of a `SessionUpdated` the account alone is needed: the parameters are read. */
const SESSION_EVENTS = [
  ...sessionsAbi.filter((item) => item.type === "event" && item.name === "SessionUpdated"),
  ...parseAbi([
    "event SessionDeactivated(uint32 indexed account)",
    "event OwnerChanged(uint32 indexed account, address indexed from, address indexed to)",
    "event DedicatedNodeAdded(uint32 indexed account, address indexed node)",
    "event DedicatedNodeRemoved(uint32 indexed account, address indexed node)",
  ]),
];
const LIFE_EVENTS = parseAbi([
  "event SpendingKeyAdded(uint32 indexed account, address indexed key, uint256 capPerEpochWei, uint256 totalCapWei, uint256 expires)",
  "event SpendingKeyRevoked(uint32 indexed account, address indexed key)",
  "event CloseRequested(uint32 indexed account, uint256 closeAt)",
  "event Closed(uint32 indexed account, uint256 refundWei)",
]);

/** What the mirror takes of a session. */
export type MirroredSession = Pick<SessionRecord, "sessionId" | "owner" | "active" | "closeAt" | "closed"> &
  SessionTerms &
  SessionRules;

export type SessionCreditOf = Omit<SessionCreditKey, "lane">;

/** What a router needs to know of a node. */
export type RegisteredNode = Pick<NodeRecord, "owner" | "roles" | "leftAt" | "sealingKey" | "kernelClass">;

/** What a router asks of its chain. */
export type RouterChain = {
  readonly profile: NetworkProfile;
  readHead(): Promise<{ readonly blockNumber: bigint; readonly timestamp: UnixSeconds }>;
  readNode(signer: Address): Promise<RegisteredNode | undefined>;
  /** What is known of nodes' verifications, in their order. */
  readVerifications(signers: readonly Address[]): Promise<readonly VerificationRecord[]>;
  readIsVerifier(account: Address): Promise<boolean>;
  readIsDenied(account: Address): Promise<boolean>;
  /** An account's role in a private network. */
  readRole(account: Address): Promise<MemberRole>;
  /** The same of home: what a verification says has to be so there, and its number is counted there. */
  readonly home: Pick<RouterChain, "readNode" | "readVerifications" | "readIsDenied">;
  /**
   * Posts a verification at home, and resolves when it is in a block: one of the serving layer, or of a chain of which that has yet to
   * hear. Rejects when it would revert.
   */
  verifyNode(request: Parameters<typeof verifyNode>[1]): Promise<{ readonly blockNumber: bigint | undefined }>;
  /** Stake behind an operator as the serving layer knows it, in wei. */
  readStakeWei(operator: Address): Promise<bigint>;
  /** What the seeds of an epoch's tasks are made of; undefined while it isn't known. */
  readBeacon(epoch: number): Promise<Bytes32 | undefined>;
  /** Whether somebody committed to a secret that draws the duties of an epoch. */
  readIsValidator(of: { readonly epoch: number; readonly validator: Address }): Promise<boolean>;
  /** The level of a node, as the network's tasks found it or an assessor said. */
  readNodeLevel(node: Address): Promise<number>;
  /** Which of these miners a jury has found a result of worth a slash, that isn't paid yet: in their order. */
  readFrozen(miners: readonly Address[]): Promise<readonly boolean[]>;
  readDispute(number: number): Promise<DisputeRecord | undefined>;
  /** The changes of a node's level, latest last. */
  readLevelHistory(node: Address): Promise<readonly LevelChange[]>;
  /** What these nodes are now, in their order. */
  readNodeLives(nodes: readonly Address[]): Promise<readonly NodeLife[]>;
  /** Tells the pool of tasks that a session's reserved node has had. Rejects when it would revert. */
  tellReserved(had: { readonly account: number; readonly node: Address; readonly tasks: number }): Promise<unknown>;
  /** Accounts whose allotment in this lane, spending keys, parameters, nodes or life changed in these blocks. May name one twice. */
  listTouchedAccounts(range: { readonly fromBlock: bigint; readonly toBlock: bigint }): Promise<readonly number[]>;
  readSession(account: number): Promise<MirroredSession | undefined>;
  /** The last rate, whatever its age. */
  readRate(): Promise<RateRecord | undefined>;
  readLane(account: number): Promise<LaneRecord>;
  readSpendingKey(request: { readonly account: number; readonly key: Address }): Promise<SpendingKeyRecord>;
  /** What this operator gave a session for an epoch and a reason, at a block; by default at the latest. */
  readSessionCredit(credit: SessionCreditOf & { readonly blockNumber?: bigint }): Promise<bigint>;
  /** Gives a session something back, of the router's own COR. Rejects when it was given before. */
  creditSession(credit: SessionCreditOf & { readonly wei: bigint }): Promise<{ readonly txHash: Bytes32 }>;
  settlementId(settlement: Settlement): Bytes32;
  /** Sends, and resolves when it is in a block. Rejects when it would revert. */
  sendSettlement(settlement: Settlement): Promise<{ readonly txHash: Bytes32; readonly blockNumber: bigint }>;
  /** Settlements of this lane in a range of blocks. */
  readSettlements(range: {
    readonly fromBlock: bigint;
    readonly toBlock: bigint;
  }): Promise<readonly SettlementRecord[]>;
  /** Claims on this operator's bond, opened from a block on. */
  listClaims(fromBlock: bigint): Promise<readonly ListedClaim[]>;
  answerClaim(answer: Parameters<typeof answerClaim>[1]): Promise<unknown>;
  /** Challenges of this lane's settlement sets, opened from a block on. */
  listSetChallenges(fromBlock: bigint): Promise<readonly OpenedSetChallenge[]>;
  readSetChallenge(id: Bytes32): Promise<SetChallenge | undefined>;
  /** Under which the set of a settlement of this lane was to be published. */
  findSetCid(settlementId: Bytes32): Promise<Bytes32 | undefined>;
  /** Sends, and resolves when it is in a block. Rejects when it was answered before, or comes too late. */
  answerSetChallenge(answer: Parameters<typeof answerSetChallenge>[1]): Promise<{ readonly txHash: Bytes32 }>;
  /** When a block was made. */
  readBlockSeconds(blockNumber: bigint): Promise<UnixSeconds>;
  /** The root of this lane's work record of an epoch, at a block. Undefined where none was posted. */
  readWorkRoot(at: { readonly epoch: number; readonly blockNumber: bigint }): Promise<Bytes32 | undefined>;
  /** Sends, and resolves when it is in a block. Rejects when the epoch has one, or its records are cut off. */
  postWork(posting: Omit<WorkPosting, "lane">): Promise<{ readonly txHash: Bytes32 }>;
  /** Whether a transaction of the settling account waits to be put in a block. */
  hasPendingTransaction(): Promise<boolean>;
  /** Makes the oldest of those dearer, unless this process follows it anyway. */
  raisePendingTransaction(): Promise<void>;
};

/** Where nodes have their home. */
function createHomeChain(writer: ChainWriter): Pick<RouterChain, "home" | "readIsVerifier" | "verifyNode"> {
  const { home, profile } = writer;
  return {
    home: {
      readNode: (signer) => readNode(home, signer),
      readVerifications: (signers) => readVerifications(home, signers),
      readIsDenied: (account) => readIsDenied(home, account),
    },
    readIsVerifier: (account) => readIsVerifier(writer, account),
    verifyNode: async (request) => {
      const { blockNumber } = await verifyNode(writer, request);
      return { blockNumber: profile.home === undefined ? blockNumber : undefined };
    },
  };
}

/** The chain as one lane's router uses it. The writer must be the lane's operator or one of its registered routers. */
export function createRouterChain(parts: {
  readonly reader: ChainReader;
  readonly writer: ChainWriter;
  readonly lane: Address;
}): RouterChain {
  const { reader, writer, lane } = parts;
  return {
    profile: reader.profile,
    readHead: () => readHead(reader),
    readNode: (signer) => readNode(reader, signer),
    readVerifications: (signers) => readVerifications(reader, signers),
    readIsDenied: (account) => readIsDenied(reader, account),
    readRole: (account) => readMemberRole(reader, account),
    ...createHomeChain(writer),
    readStakeWei: (operator) => readServedStake(reader, operator),
    readBeacon: (epoch) => readSeedBeacon(reader, epoch),
    readIsValidator: async (of) => (await readDutySteps(reader, of)).hasCommitted,
    readNodeLevel: (node) => readNodeLevel(reader, node),
    readFrozen: (miners) => readFrozenMiners(reader, miners),
    readDispute: (number) => readDispute(reader, number),
    readLevelHistory: (node) => readLevelHistory(reader, node),
    readNodeLives: async (nodes) => {
      const [lives, { timestamp }] = await Promise.all([readNodeLives(reader, nodes), readHead(reader)]);
      return lives.map((life) => nodeLifeAt(life, timestamp));
    },
    tellReserved: (had) => tellReservedTasks(writer, had),
    listTouchedAccounts: async (range) => {
      const query = { address: reader.profile.addresses.sessionPayment, strict: true, ...range } as const;
      const [lane, life, changed] = await Promise.all([
        reader.client.getLogs({ ...query, events: LANE_EVENTS }),
        reader.client.getLogs({ ...query, events: LIFE_EVENTS }),
        reader.client.getLogs({ ...query, address: reader.profile.addresses.sessions, events: SESSION_EVENTS }),
      ]);
      const own = lane.filter(({ args }) => args.lane.toLowerCase() === parts.lane);
      return [...own, ...life, ...changed].map(({ args }) => args.account);
    },
    readSession: (account) => readSession(reader, account),
    readRate: () => readRate(reader),
    readLane: (account) => readLane(reader, { account, lane }),
    readSpendingKey: ({ account, key }) => readSpendingKey(reader, { account, key }),
    readSessionCredit: (credit) => readSessionCredit(reader, { ...credit, lane }),
    creditSession: (credit) => creditSession(writer, { ...credit, lane }),
    settlementId,
    sendSettlement: (settlement) => sendSettlement(writer, settlement),
    readSettlements: (range) => readSettlements(reader, { ...range, lane }),
    raisePendingTransaction: () => writer.raiseWaiting(),
    listClaims: (fromBlock) => listClaims(reader, { operator: lane, fromBlock }),
    answerClaim: (answer) => answerClaim(writer, answer),
    listSetChallenges: (fromBlock) => listSetChallenges(reader, { lane, fromBlock }),
    readSetChallenge: (id) => readSetChallenge(reader, id),
    findSetCid: (id) => findSetCid(reader, { lane, settlementId: id }),
    answerSetChallenge: (answer) => answerSetChallenge(writer, answer),
    readBlockSeconds: async (blockNumber) => {
      const block = await readBlock(reader, blockNumber);
      assert(block !== undefined, "a block below the head is there");
      return block.timestamp;
    },
    readWorkRoot: (at) => readWorkRoot(reader, { ...at, lane }),
    postWork: (posting) => postWorkRecord(writer, { ...posting, lane }),
    hasPendingTransaction: async () => {
      const { client } = writer;
      const [mined, known] = await Promise.all([
        client.getTransactionCount({ address: writer.account, blockTag: "latest" }),
        client.getTransactionCount({ address: writer.account, blockTag: "pending" }),
      ]);
      return known > mined;
    },
  };
}

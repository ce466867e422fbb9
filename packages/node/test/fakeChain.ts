import type {
  DisputeRecord,
  LaneRecord,
  ListedClaim,
  NetworkProfile,
  NodeRole,
  RateRecord,
  VerificationRecord,
} from "@cortensor/chain";
import {
  type Address,
  type Bytes32,
  beaconWithoutGuards,
  type MemberRole,
  type NodeLife,
  PLAIN_TERMS,
  type SessionTerms,
  UNREGISTERED,
  ZERO_BYTES32,
} from "@cortensor/protocol";
import type { MirroredSession, RouterChain } from "../src/router/routerChain.js";
import { PLAIN_RULES, type SessionRules } from "../src/router/sessionRules.js";

const at = (byte: string): Address => `0x${byte.repeat(20)}`;

export const COR = 10n ** 18n;
export const PROFILE: NetworkProfile = {
  name: "test",
  chainId: 31_337,
  rpcUrls: ["http://127.0.0.1:1"],
  addresses: {
    modules: at("a1"),
    cor: at("a2"),
    messenger: at("a3"),
    stakeVault: at("a4"),
    stakeView: at("a5"),
    registry: at("a6"),
    sessions: at("a7"),
    sessionPayment: at("a8"),
    routerBond: at("a9"),
    rates: at("aa"),
    compliance: at("ab"),
    pause: at("ac"),
    verifiers: at("ad"),
    royalty: at("ae"),
    setChallenges: at("af"),
    bondClaims: at("b0"),
    nodeLevels: at("b1"),
    guardSets: at("b2"),
    attestations: at("b3"),
    beacons: at("b4"),
    duties: at("d7"),
    dutyPay: at("d9"),
    stakeSlasher: at("b5"),
    juries: at("d8"),
    nodeWeights: at("b6"),
    nodePool: at("b7"),
    networkTasks: at("b8"),
    sessionQueue: at("b9"),
    inferenceOracle: at("ba"),
    onboarding: at("bd"),
    prekeys: at("bc"),
    grants: at("be"),
    workRecords: at("bb"),
  },
  epochSeconds: 30,
  t0: 1_700_000_000,
  deployBlock: 1n,
};

export type FakeSession = {
  readonly owner: Address;
  readonly allotmentWei: bigint;
  readonly terms?: Partial<SessionTerms & SessionRules>;
};

type FakeNode = { readonly owner: Address; readonly role: NodeRole; readonly kernelClass?: Bytes32 };

/** A chain of plain maps, for what doesn't settle. */
export type FakeChain = RouterChain & {
  /** It is verified from then on, for a month. */
  register(signer: Address, node: FakeNode): void;
  setVerification(signer: Address, record: Partial<VerificationRecord>): void;
  setStake(operator: Address, wei: bigint): void;
  setLane(account: number, session: FakeSession): void;
  isDown: boolean;
  rate: RateRecord | undefined;
  /** Who committed to an epoch's duties: `address epoch`. */
  readonly validators: Set<string>;
  /** Miners that a jury's verdict freezes. */
  readonly frozen: Set<Address>;
  readonly disputes: Map<number, DisputeRecord>;
  /** In a private network. */
  readonly roles: Map<Address, MemberRole>;
  /** By node. */
  readonly levels: Map<Address, number>;
  /** Of nodes that the pool knows. */
  readonly lives: Map<Address, NodeLife>;
  /** Tasks of reserved nodes that the pool was told of. */
  readonly told: Parameters<RouterChain["tellReserved"]>[0][];
  /** What was given to sessions, in order. */
  readonly credits: Parameters<RouterChain["creditSession"]>[0][];
  /** Makes `creditSession` fail while it is set. */
  creditError: Error | undefined;
  /** By epoch; that of a network without guards by default. */
  beaconOf: (epoch: number) => Bytes32 | undefined;
  /** Added to the chain's time, in seconds. */
  ahead: number;
  /** Whether the router is one. It verifies nobody here. */
  isVerifier: boolean;
  /** Work records that were posted, in order. */
  readonly works: Parameters<RouterChain["postWork"]>[0][];
  /** On the operator's bond. */
  claims: readonly ListedClaim[];
};

export function createFakeChain(
  nowMs: () => number,
  {
    epochSeconds = PROFILE.epochSeconds,
    isPrivate,
  }: { readonly epochSeconds?: number; readonly isPrivate?: true } = {},
): FakeChain {
  const nodes = new Map<Address, FakeNode>();
  const verifications = new Map<Address, VerificationRecord>();
  const stakes = new Map<Address, bigint>();
  const lanes = new Map<number, FakeSession & { lane: LaneRecord }>();
  const answer = <Value>(value: Value): Promise<Value> =>
    chain.isDown ? Promise.reject(new Error("the chain is away")) : Promise.resolve(value);
  const chain: FakeChain = {
    profile: { ...PROFILE, epochSeconds, ...(isPrivate && { isPrivate }) },
    isDown: false,
    rate: undefined,
    validators: new Set(),
    levels: new Map(),
    roles: new Map(),
    lives: new Map(),
    told: [],
    beaconOf: (epoch) => beaconWithoutGuards(PROFILE.chainId, epoch),
    frozen: new Set(),
    disputes: new Map(),
    credits: [],
    creditError: undefined,
    ahead: 0,
    isVerifier: false,
    claims: [],
    works: [],
    register: (signer, node) => {
      nodes.set(signer, node);
      const expires = Math.floor(nowMs() / 1_000) + 30 * 86_400;
      const nonce = (verifications.get(signer)?.nonce ?? 0) + 1;
      verifications.set(signer, { isVerified: true, verifier: at("ee"), expires, nonce });
    },
    setVerification: (signer, record) => {
      const before = verifications.get(signer) ?? UNVERIFIED;
      verifications.set(signer, { ...before, ...record });
    },
    setStake: (operator, wei) => stakes.set(operator, wei),
    setLane: (account, session) =>
      lanes.set(account, { ...session, lane: { allotmentWei: session.allotmentWei, cumulativeWei: 0n, count: 0 } }),
    readHead: () => answer({ blockNumber: 100n, timestamp: Math.floor(nowMs() / 1_000) + chain.ahead }),
    readNode: (signer) => {
      const node = nodes.get(signer);
      if (node === undefined) return answer(undefined);
      const { owner, role, kernelClass = ZERO_BYTES32 } = node;
      return answer({ owner, roles: [role], leftAt: 0, sealingKey: ZERO_BYTES32, kernelClass });
    },
    readVerifications: (signers) => answer(signers.map((signer) => verifications.get(signer) ?? UNVERIFIED)),
    readIsVerifier: () => answer(chain.isVerifier),
    readIsDenied: () => answer(false),
    readRole: (account) => answer(chain.roles.get(account) ?? "none"),
    home: {
      readNode: (signer) => chain.readNode(signer),
      readVerifications: (signers) => chain.readVerifications(signers),
      readIsDenied: (account) => chain.readIsDenied(account),
    },
    verifyNode: () => Promise.reject(new Error("nobody is verified here")),
    readStakeWei: (operator) => answer(stakes.get(operator) ?? 0n),
    readBeacon: (epoch) => answer(chain.beaconOf(epoch)),
    readIsValidator: ({ epoch, validator }) => answer(chain.validators.has(`${validator} ${epoch}`)),
    readFrozen: (miners) => answer(miners.map((miner) => chain.frozen.has(miner))),
    readDispute: (number) => answer(chain.disputes.get(number)),
    readNodeLevel: (node) => answer(chain.levels.get(node) ?? 0),
    readLevelHistory: () => answer([]),
    readNodeLives: (nodes) => answer(nodes.map((node) => chain.lives.get(node) ?? UNREGISTERED)),
    tellReserved: (had) => {
      chain.told.push(had);
      const life = chain.lives.get(had.node);
      const held = life?.reservation;
      if (life === undefined || held?.tasksLeft === undefined) return answer(undefined);
      const tasksLeft = held.tasksLeft - had.tasks;
      const isOver = tasksLeft === 0;
      const after = isOver
        ? ({ state: "released", reservation: undefined } as const)
        : { reservation: { ...held, tasksLeft } };
      chain.lives.set(had.node, { ...life, ...after });
      return answer(undefined);
    },
    readSessionCredit: ({ account, epoch, reason }) => {
      const given = chain.credits.find(
        (one) => one.account === account && one.epoch === epoch && one.reason === reason,
      );
      return answer(given?.wei ?? 0n);
    },
    readBlockSeconds: () => answer(Math.floor(nowMs() / 1_000) + chain.ahead),
    readWorkRoot: ({ epoch }) => answer(chain.works.find((one) => one.epoch === epoch)?.recordRoot),
    postWork: (posting) => {
      chain.works.push(posting);
      return answer({ txHash: posting.recordRoot });
    },
    creditSession: (credit) => {
      if (chain.creditError !== undefined) return Promise.reject(chain.creditError);
      chain.credits.push(credit);
      return answer({ txHash: `0x${chain.credits.length.toString(16).padStart(64, "0")}` as const });
    },
    listTouchedAccounts: () => answer([...lanes.keys()]),
    readSession: (account) => {
      const session = lanes.get(account);
      return answer(session && sessionOf(account, session));
    },
    readRate: () => answer(chain.rate),
    readLane: (account) => answer(lanes.get(account)?.lane ?? { allotmentWei: 0n, cumulativeWei: 0n, count: 0 }),
    readSpendingKey: () =>
      answer({
        state: "none",
        capPerEpochWei: 0n,
        totalCapWei: 0n,
        expires: 0,
        spentTotalWei: 0n,
        spentInEpochWei: 0n,
        epoch: 0,
      } as const),
    settlementId: () => `0x${"00".repeat(32)}`,
    sendSettlement: () => Promise.reject(new Error("nothing settles here")),
    readSettlements: () => answer([]),
    listClaims: () => answer(chain.claims),
    answerClaim: () => Promise.reject(new Error("nothing is claimed here")),
    listSetChallenges: () => answer([]),
    readSetChallenge: () => answer(undefined),
    findSetCid: () => answer(undefined),
    answerSetChallenge: () => Promise.reject(new Error("nothing is settled here")),
    hasPendingTransaction: () => answer(false),
    raisePendingTransaction: () => answer(undefined),
  };
  return chain;
}

const UNVERIFIED: VerificationRecord = { isVerified: false, verifier: undefined, expires: 0, nonce: 0 };

function sessionOf(account: number, { owner, terms }: FakeSession): MirroredSession {
  const sessionId = `0x${account.toString(16).padStart(64, "0")}` as const;
  return { sessionId, owner, active: true, closeAt: 0, closed: false, ...PLAIN_TERMS, ...PLAIN_RULES, ...terms };
}

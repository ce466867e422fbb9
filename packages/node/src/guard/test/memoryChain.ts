import type { BeaconPledge, DrandPlace, WorkKey } from "@cortensor/chain";
import {
  type Address,
  type Attestation,
  attestationDigest,
  type BeaconCommit,
  type BeaconReveal,
  type Bytes32,
  beaconCommitment,
  beaconOf,
  beaconWithoutGuards,
  cutOffOf,
  type DisputeNews,
  type DrandNetwork,
  type DutyPledge,
  type DutyShow,
  drandRoundDue,
  type EpochTimes,
  epochStart,
  type FundCredit,
  type GuardMember,
  guardSet,
  guardsDomain,
  keccak256,
  leaderSlotAt,
  type OpenedPlant,
  offenderOf,
  recordEpochAt,
  type SettlementLeaf,
  UNREGISTERED,
  utf8ToBytes,
  verifyQuorum,
} from "@cortensor/protocol";
import type { NodeWatch } from "../deadlineDesk.js";
import type { BlockRange, GuardBlock, GuardChain, KindEpoch, WorkPosted } from "../guardChain.js";

export const CHAIN_ID = 31_337;
export const GUARDS: Address = `0x${"c0".repeat(20)}`;
export const REGISTRY: Address = `0x${"c1".repeat(20)}`;
export const TIMES: EpochTimes = { t0: 1_000, epochSeconds: 600 };

/** Nobody but guards. */
const NO_NODES: NodeWatch = {
  times: TIMES,
  firstBlock: 0n,
  readHead: async () => ({ blockNumber: 0n, timestamp: TIMES.t0 }),
  findBlockBefore: async () => undefined,
  readTaskEvents: async () => [],
  readNetworkTask: async () => undefined,
  readNodesRequest: async () => undefined,
  listLives: async () => [],
  readLife: async () => UNREGISTERED,
  expireNode: async () => undefined,
  expireTask: async () => undefined,
};

type Posted = { readonly attestation: Attestation; readonly block: number };
type Told = { readonly posting: WorkPosted; readonly block: number };
type Settled = { readonly leaf: SettlementLeaf; readonly block: number };

/** The chain and its guards' contracts as plain maps, with the same refusals: for tests without a chain. */
export class MemoryChain {
  /** Everybody's set, in every epoch. */
  members: readonly GuardMember[] = [];
  readonly frozen = new Set<Address>();
  readonly posted: Posted[] = [];
  readonly endpoints = new Map<Address, string>();
  readonly condemned = new Map<Bytes32, number>();
  /** Who reported which work record: by lane and epoch. */
  readonly reports = new Map<string, Set<Address>>();
  readonly #condemnedWork: { readonly key: WorkKey; readonly block: number }[] = [];
  readonly #told: Told[] = [];
  readonly commits = new Map<number, BeaconCommit[]>();
  readonly reveals = new Map<number, BeaconReveal[]>();
  /** Refuses the next calls of these names, as a dead RPC would. */
  readonly failing = new Set<string>();
  readonly pledges: { readonly epoch: number; readonly pledge: DutyPledge; readonly block: number }[] = [];
  readonly plants: { readonly plant: OpenedPlant; readonly block: number }[] = [];
  /** Who owns accounts, and nodes that don't own themselves. */
  readonly accountOwners = new Map<number, Address>();
  readonly nodeOwners = new Map<Address, Address>();
  readonly news: { readonly one: DisputeNews; readonly block: number }[] = [];
  readonly credits: { readonly credit: FundCredit; readonly block: number }[] = [];
  readonly shows: { readonly epoch: number; readonly show: DutyShow; readonly block: number }[] = [];
  /** Whose rounds go into beacons. */
  drand: DrandNetwork | undefined;
  /** Randomness that was posted, and how often somebody tried: by epoch. */
  readonly rounds = new Map<number, Bytes32>();
  roundPosts = 0;
  readonly #fixed = new Set<number>();
  readonly #settled: Settled[] = [];
  #blocks: GuardBlock[] = [];

  constructor() {
    this.mine(TIMES.t0);
  }

  get time(): number {
    return this.#blocks.at(-1)?.time ?? TIMES.t0;
  }

  /** Blocks at a time, one or several. */
  mine(time: number, blocks = 1): void {
    for (let made = 0; made < blocks; made += 1) {
      const number = this.#blocks.length;
      const wordOf = (what: string) => keccak256(utf8ToBytes(`${what} ${number} ${this.#fork}`));
      this.#blocks.push({ number, time, hash: wordOf("block"), stateRoot: wordOf("state") });
    }
  }

  #fork = 0;

  /** Makes all blocks from one on others, at the same times. */
  reorganise(fromBlock: number): void {
    this.#fork += 1;
    const times = this.#blocks.slice(fromBlock).map(({ time }) => time);
    this.#blocks = this.#blocks.slice(0, fromBlock);
    for (const time of times) this.mine(time);
  }

  get head(): number {
    return this.#blocks.length - 1;
  }

  settle(leaf: SettlementLeaf): void {
    this.mine(this.time);
    this.#settled.push({ leaf, block: this.head });
  }

  /** A work record, in a block of its own. */
  tell(posting: WorkPosted): void {
    if (recordEpochAt(TIMES, this.time) !== posting.epoch) throw new Error("RecordOutOfTime");
    this.mine(this.time);
    this.#told.push({ posting, block: this.head });
  }

  rootOf({ kind, epoch }: KindEpoch): Bytes32 | undefined {
    return this.posted.find(({ attestation }) => attestation.kind === kind && attestation.epoch === epoch)?.attestation
      .root;
  }

  beaconOf(epoch: number): Bytes32 | undefined {
    if (epoch > recordEpochAt(TIMES, this.time)) return undefined;
    const isOpen = this.time < epochStart(TIMES, epoch) && !this.rounds.has(epoch);
    if (this.drand !== undefined && isOpen && this.#isMixed(epoch)) return undefined;
    const commits = this.commits.get(epoch) ?? [];
    if (epoch === 0 || (commits.length === 0 && !this.commits.has(epoch - 1)))
      return beaconWithoutGuards(CHAIN_ID, epoch);
    const previous = this.beaconOf(epoch - 1) ?? beaconWithoutGuards(CHAIN_ID, epoch - 1);
    const reveals = this.reveals.get(epoch) ?? [];
    const randomness = this.rounds.get(epoch);
    const drand = randomness && this.drand && { round: this.#roundDue(this.drand, epoch), randomness };
    return beaconOf({ chainId: CHAIN_ID, epoch, previous, commits, reveals, ...(drand && { drand }) }).beacon;
  }

  #roundDue(drand: DrandNetwork, epoch: number): number {
    return drandRoundDue(drand, cutOffOf(TIMES, epoch - 1));
  }

  #isMixed(epoch: number): boolean {
    return [...this.commits.keys()].some((first) => first <= epoch);
  }

  /** The chain as one guard sees it, and sends to it. */
  portOf(self: Address): GuardChain {
    return {
      chainId: CHAIN_ID,
      guards: GUARDS,
      registry: REGISTRY,
      times: TIMES,
      firstBlock: 0,
      readHead: async () => this.#blockAt(this.head),
      readBlock: async (number) => this.#blocks[number],
      readSettlements: async (range) => this.#within(this.#settled, range).map(({ leaf }) => leaf),
      readCondemned: async (toBlock) =>
        new Set([...this.condemned].filter(([, block]) => block <= toBlock).map(([id]) => id)),
      readWorkRecords: async (range) => this.#within(this.#told, range).map(({ posting }) => posting),
      readCondemnedWork: async (toBlock) =>
        this.#condemnedWork.filter(({ block }) => block <= toBlock).map(({ key }) => key),
      reportWork: (of) => this.#send("reportWork", () => this.#report(of, self)),
      readGuardSet: async (epoch) => guardSet(epoch, this.members),
      readIsFixed: async (epoch) => this.#fixed.has(epoch),
      fixGuardSet: (epoch) => this.#send("fixGuardSet", () => this.#fix(epoch)),
      readFrozen: async (guards) => new Set(guards.filter((guard) => this.frozen.has(guard))),
      freezeGuard: (proof) => this.#send("freezeGuard", () => this.frozen.add(offenderOf(proof))),
      readPosted: async (of) => this.rootOf(of),
      listPosted: async (range) => this.#within(this.posted, range).map(({ attestation }) => attestation),
      // Nothing here is about another chain.
      readPostedDeposits: async () => undefined,
      listPostedDeposits: async () => [],
      postDeposits: async () => undefined,
      postAttestation: ({ attestation, packed }) =>
        this.#send("postAttestation", () => this.#post(attestation, packed)),
      readBeacon: async (epoch) => this.beaconOf(epoch),
      readPledge: async (epoch) => this.#pledgeOf(self, epoch),
      commitBeacon: ({ epoch, commitment }) =>
        this.#send("commitBeacon", () => this.#commit(epoch, { guard: self, commitment })),
      revealBeacon: ({ epoch, secret }) =>
        this.#send("revealBeacon", () => this.#reveal(epoch, { guard: self, secret })),
      readDrandNetwork: async () => this.drand,
      readDrandPlace: async (epoch) => this.#placeOf(epoch),
      postDrandRound: ({ epoch, signature }) =>
        this.#send("postDrandRound", () => this.#postRound(epoch, keccak256(utf8ToBytes(signature)))),
      nodes: NO_NODES,
      readDutyRound: async ({ epoch, ...range }) => ({
        pledges: this.#within(this.pledges, range).flatMap((one) => (one.epoch === epoch ? [one.pledge] : [])),
        shows: this.#within(this.shows, range).flatMap((one) => (one.epoch === epoch ? [one.show] : [])),
      }),
      readPlants: async (range) => this.#within(this.plants, range).map(({ plant }) => plant),
      readAccountOwners: async (accounts) =>
        new Map([...this.accountOwners].filter(([account]) => accounts.includes(account))),
      readFundCredits: async (range) => this.#within(this.credits, range).map(({ credit }) => credit),
      readDisputeNews: async (range) => this.#within(this.news, range).map(({ one }) => one),
      readOwners: async (nodes) => new Map(nodes.map((node) => [node, this.nodeOwners.get(node) ?? node])),
      readGuardEndpoints: async (guards) => new Map([...this.endpoints].filter(([guard]) => guards.includes(guard))),
      readRouterEndpoints: async () => [],
    };
  }

  #blockAt(number: number): GuardBlock {
    const block = this.#blocks[number];
    if (block === undefined) throw new Error(`there is no block ${number}`);
    return block;
  }

  #within<Item extends { readonly block: number }>(items: readonly Item[], { fromBlock, toBlock }: BlockRange): Item[] {
    return items.filter(({ block }) => block >= fromBlock && block <= toBlock);
  }

  async #send(call: string, work: () => void): Promise<void> {
    if (this.failing.has(call)) throw new Error(`${call} can't be sent`);
    const before = this.head;
    this.mine(this.time);
    try {
      work();
    } catch (error) {
      this.#blocks.length = before + 1;
      throw error;
    }
  }

  #fix(epoch: number): void {
    if (this.#fixed.has(epoch) || recordEpochAt(TIMES, this.time) !== epoch) throw new Error("FixOutOfTime");
    this.#fixed.add(epoch);
  }

  #post(attestation: Attestation, packed: Uint8Array): void {
    const { epoch } = attestation;
    if (leaderSlotAt(TIMES, epoch, this.time) === undefined) throw new Error("PostOutOfTime");
    if (this.rootOf(attestation) !== undefined) throw new Error("PostedAlready");
    const digest = attestationDigest(guardsDomain({ chainId: CHAIN_ID, guards: GUARDS }), attestation);
    const verdict = verifyQuorum({ set: guardSet(epoch, this.members), digest, packed, frozen: this.frozen });
    if (!verdict.isQuorum) throw new Error("QuorumShort");
    this.posted.push({ attestation, block: this.head });
  }

  #placeOf(epoch: number): DrandPlace {
    const randomness = this.rounds.get(epoch);
    return { isMixed: this.#isMixed(epoch), ...(randomness && { randomness }) };
  }

  #postRound(epoch: number, randomness: Bytes32): void {
    this.roundPosts += 1;
    const isDue = recordEpochAt(TIMES, this.time) === epoch && this.time < epochStart(TIMES, epoch);
    if (!isDue || this.drand === undefined) throw new Error("RoundOutOfTime");
    if (this.rounds.has(epoch)) throw new Error("RoundTaken");
    this.rounds.set(epoch, randomness);
  }

  #report({ lane, epoch }: WorkKey, self: Address): void {
    if (recordEpochAt(TIMES, this.time) <= epoch) throw new Error("ReportOutOfTime");
    const name = `${lane} ${epoch}`;
    const reports = this.reports.get(name) ?? new Set<Address>();
    if (reports.has(self)) throw new Error("ReportedAlready");
    this.reports.set(name, reports.add(self));
    const said = this.members.filter(({ guard }) => reports.has(guard));
    const [saidWei, totalWei] = [said, this.members].map((some) =>
      some.reduce((sum, { stakeWei }) => sum + stakeWei, 0n),
    );
    if (3n * (saidWei ?? 0n) > 2n * (totalWei ?? 0n)) {
      this.#condemnedWork.push({ key: { lane, epoch }, block: this.head });
    }
  }

  #pledgeOf(self: Address, epoch: number): BeaconPledge {
    const isOwn = ({ guard }: { readonly guard: Address }) => guard === self;
    return {
      isCommitted: this.commits.get(epoch)?.some(isOwn) ?? false,
      isRevealed: this.reveals.get(epoch)?.some(isOwn) ?? false,
    };
  }

  #commit(epoch: number, commit: BeaconCommit): void {
    if (recordEpochAt(TIMES, this.time) !== epoch - 2) throw new Error("CommitOutOfTime");
    this.commits.set(epoch, [...(this.commits.get(epoch) ?? []), commit]);
  }

  #reveal(epoch: number, { guard, secret }: BeaconReveal): void {
    if (recordEpochAt(TIMES, this.time) !== epoch - 1) throw new Error("RevealOutOfTime");
    const found = this.commits.get(epoch)?.find((commit) => commit.guard === guard);
    if (found?.commitment !== beaconCommitment({ chainId: CHAIN_ID, epoch, guard, secret }))
      throw new Error("SecretForeign");
    this.reveals.set(epoch, [...(this.reveals.get(epoch) ?? []), { guard, secret }]);
  }
}

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Address,
  addressOfPrivateKey,
  begunOf,
  cutOffOf,
  encodeSettlementSet,
  encodeWorkRecord,
  epochStart,
  type Hex,
  keccak256,
  leaderOfSlot,
  leaderOrder,
  guardSet as makeSet,
  type PublishedWork,
  recordEpochAt,
  type SetEntry,
  type SettlementSet,
  setEntryId,
  utf8ToBytes,
  type WorkFinding,
  type WorkRecord,
} from "@cortensor/protocol";
import { createManualClock, createMetrics, type Metrics, Secret, silentLogger } from "@cortensor/runtime";
import { createNodeSigner, createSignatureCounter } from "../../host/index.js";
import type { AskPeer } from "../askPeer.js";
import type { FetchRound } from "../drandRelays.js";
import { createGuard, type Guard } from "../guard.js";
import type { GuardChain } from "../guardChain.js";
import { CHAIN_ID, MemoryChain, TIMES } from "./memoryChain.js";

export const LANE: Address = `0x${"11".repeat(20)}`;
export const FINALITY_BLOCKS = 3;
/** Blocks between two times of a test: enough for the ones before to be final. */
const BLOCKS = FINALITY_BLOCKS + 1;

export const keyOf = (name: string): Hex => keccak256(utf8ToBytes(name));
export const guardKeys = (count: number): readonly Hex[] =>
  Array.from({ length: count }, (_, index) => keyOf(`guard ${index}`));

export type TestGuard = Guard & {
  readonly address: Address;
  readonly key: Hex;
  readonly metrics: Metrics;
  readonly folder: string;
};

/** Guards of one chain in one process, each with a store of its own; they ask each other without a network. */
export class GuardNetwork {
  readonly chain = new MemoryChain();
  readonly sets = new Map<Hex, Pick<SettlementSet, "bytes">>();
  /** What audits found: by epoch. */
  readonly findings = new Map<number, readonly WorkFinding[]>();
  /** How every guard finds rounds of drand; none does unless said. */
  fetchRound: FetchRound | undefined;
  readonly guards: TestGuard[] = [];
  /** Other answers than a guard's own, by endpoint. */
  readonly answers = new Map<string, AskPeer>();
  readonly #folders: string[] = [];
  #made = 0;

  /** A set of guards by stake, all of them started except those left out by index. */
  async open(stakes: readonly bigint[], absent: readonly number[] = []): Promise<void> {
    const keys = guardKeys(stakes.length);
    this.chain.members = keys.map((key, index) => ({ guard: addressOfPrivateKey(key), stakeWei: stakes[index] ?? 1n }));
    for (const { guard } of this.chain.members) this.chain.endpoints.set(guard, guard);
    for (const [index, key] of keys.entries()) if (!absent.includes(index)) await this.start(key);
  }

  async start(key: Hex, options: { folder?: string; chain?: Partial<GuardChain> } = {}): Promise<TestGuard> {
    const folder = options.folder ?? (await this.#folder());
    const address = addressOfPrivateKey(key);
    const metrics = createMetrics();
    const guard = createGuard({
      config: {
        storeFolder: folder,
        setsFolder: undefined,
        finalityBlocks: FINALITY_BLOCKS,
        pollMs: 1,
        drandUrls: undefined,
        peerTimeoutMs: 1,
      },
      signer: createNodeSigner(new Secret<Hex>(key), createSignatureCounter(metrics)),
      chain: { ...this.chain.portOf(address), ...options.chain },
      readFindings: async ({ epoch }) => this.findings.get(epoch) ?? [],
      nowSeconds: () => this.chain.time,
      clock: createManualClock(),
      log: silentLogger,
      metrics,
      random: () => 0,
      randomBytes32: () => {
        this.#made += 1;
        return keyOf(`secret ${this.#made}`);
      },
      askPeer: (request) => this.#ask(request),
      ...(this.fetchRound && { fetchRound: this.fetchRound }),
      fetchSet: async ({ setCid }) => this.sets.get(setCid)?.bytes,
    });
    const started = { ...guard, address, key, metrics, folder };
    this.guards.push(started);
    return started;
  }

  async stop(guard: TestGuard): Promise<void> {
    this.guards.splice(this.guards.indexOf(guard), 1);
    await guard.stop();
  }

  async close(): Promise<void> {
    await Promise.all(this.guards.map((guard) => guard.stop()));
    await Promise.all(this.#folders.map((folder) => rm(folder, { recursive: true, force: true })));
  }

  /** Moves the chain to a slot of an epoch that is over, and lets all guards look. */
  async toSlot(epoch: number, slot: number): Promise<void> {
    const end = epochStart(TIMES, epoch + 1);
    await this.to(end + Math.ceil((slot * TIMES.epochSeconds) / 20));
  }

  async toCutOff(epoch: number): Promise<void> {
    await this.to(cutOffOf(TIMES, epoch));
  }

  async to(time: number): Promise<void> {
    this.chain.mine(time, BLOCKS);
    await this.look();
  }

  async look(): Promise<void> {
    for (const guard of [...this.guards]) await guard.look();
  }

  /** Who leads an epoch's slot. */
  leaderOf(epoch: number, slot: number): Address {
    const beacon = this.chain.beaconOf(epoch);
    if (beacon === undefined) throw new Error(`epoch ${epoch} has no beacon yet`);
    return leaderOfSlot(leaderOrder(makeSet(epoch, this.chain.members), beacon), slot);
  }

  /** One settlement in a block of its own, whose set is published or withheld. */
  settle(entries: readonly SetEntry[], { isShown = true }: { isShown?: boolean } = {}): SettlementSet {
    const set = encodeSettlementSet(entries);
    if (isShown) this.sets.set(set.setCid, set);
    const { setCid, settlementRoot } = set;
    this.chain.settle({
      lane: LANE,
      settlementId: keyOf(`settlement ${setCid}`),
      settlementRoot,
      setCid,
      debitedWei: 5n,
    });
    return set;
  }

  /** A lane's record of the epoch whose records are open, published or withheld. */
  tell(
    told: Partial<Pick<WorkRecord, "begun" | "ended">>,
    { isShown = true }: { readonly isShown?: boolean } = {},
  ): PublishedWork {
    const epoch = recordEpochAt(TIMES, this.chain.time);
    const record = { chainId: CHAIN_ID, lane: LANE, epoch, begun: [], ended: [], ...told };
    const made = encodeWorkRecord(record);
    const { bytes, recordCid, recordRoot } = made;
    if (isShown) this.sets.set(recordCid, { bytes });
    this.chain.tell({ lane: LANE, epoch, recordRoot, recordCid, begun: begunOf(record), ended: record.ended.length });
    return made;
  }

  async #ask(request: Parameters<AskPeer>[0]): ReturnType<AskPeer> {
    const { endpoint, key } = request;
    const other = this.answers.get(endpoint);
    if (other !== undefined) return other(request);
    const peer = this.guards.find(({ address }) => address === endpoint);
    const shown = peer?.gateway.findAttestations(key);
    return shown?.map(({ guard, root, signature }) => ({ guard, signature, attestation: { ...key, root } }));
  }

  async #folder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "guard-"));
    this.#folders.push(folder);
    return folder;
  }
}

export function idOf(name: string): Hex {
  return setEntryId(taskIdOf(name));
}

export function taskIdOf(name: string): Hex {
  return keyOf(`task ${name}`);
}

/** A task as a settlement set has it. */
export function anEntry(name: string): SetEntry {
  return { id: idOf(name), resultsHash: keyOf(`results of ${name}`), feeWei: 5n, payees: [] };
}

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGuardServer } from "@cortensor/api";
import {
  type ChainReader,
  type ChainWriter,
  createChainReader,
  createChainWriter,
  deployNetwork,
  joinGuards,
  type NetworkProfile,
  type PostedAttestation,
  readAttestations,
  readAttestedRoot,
  readHead,
  registerNode,
  stake,
  transferCor,
  transferNative,
} from "@cortensor/chain";
import {
  type Address,
  ATTESTATION_KINDS,
  type AttestationKind,
  addressOfPrivateKey,
  type DrandNetwork,
  epochStart,
  type Hex,
  keccak256,
  utf8ToBytes,
} from "@cortensor/protocol";
import { createMetrics, type Metrics, pickFreePort, Secret, silentLogger, systemClock } from "@cortensor/runtime";
import { anvilKey, type RunningAnvil, startAnvil } from "../../../tools/anvil/startAnvil.mjs";
import { createGuard, createGuardChain, type Guard, type GuardChain, type RootSource } from "../src/guard/index.js";
import { createNodeSigner, createSignatureCounter } from "../src/host/index.js";
import { lieAbout } from "./lieAbout.js";

const COR = 10n ** 18n;
const STAKE_WEI = 1_000n * COR;
/** As in production: a slot has thirty seconds. */
const EPOCH_SECONDS = 600;
const SLOTS = 20;
/** Slots in which an epoch's roots may be posted. */
const SLOTS_OPEN = 18;
const FINALITY_BLOCKS = 3;
const CHAIN_ID = 31_337;

const keyOf = (name: string): Hex => keccak256(utf8ToBytes(name));

export type RealGuard = Guard & {
  readonly index: number;
  readonly address: Address;
  readonly metrics: Metrics;
};

export type RealGuardsOptions = {
  /** Default: all; the others are staked and registered, and ask for no place. */
  readonly joining?: number;
  readonly epochSeconds?: number;
  /** Whose rounds go into beacons. */
  readonly drand?: DrandNetwork;
  /** Where every guard finds them. */
  readonly drandUrls?: readonly string[];
};

/** How one of them is started. */
export type StartOptions = {
  readonly isLying?: boolean;
  /** What it signs of other chains. */
  readonly sources?: readonly RootSource[];
  /** With a store of its own: it knows nothing of what it signed. */
  readonly hasLostStore?: boolean;
};

/**
 * Guards of equal stake on a real chain with real contracts, each an owner's own, with its own store and server. Time is moved by hand:
 * what guards send takes none.
 */
export class RealGuards {
  readonly profile: NetworkProfile;
  readonly reader: ChainReader;
  readonly running = new Map<number, RealGuard>();
  readonly addresses: readonly Address[];
  readonly #anvil: RunningAnvil;
  readonly #ports: readonly number[];
  readonly #folder: string;
  readonly #drandUrls: readonly string[] | undefined;
  readonly #closing = new Map<number, () => Promise<void>>();
  #time = 0;

  static async open(
    count: number,
    { joining = count, epochSeconds = EPOCH_SECONDS, drand, drandUrls }: RealGuardsOptions = {},
  ): Promise<RealGuards> {
    const anvil = await startAnvil({ chainId: CHAIN_ID });
    const profile = await deployNetwork({
      name: "guards",
      chainId: CHAIN_ID,
      rpcUrls: [anvil.url],
      privateKey: anvilKey(0),
      epochSeconds,
      guardStakeMinWei: STAKE_WEI,
      ...(drand && { drand }),
      save: () => undefined,
    });
    const ports: number[] = [];
    while (ports.length < count) {
      const port = await pickFreePort();
      if (!ports.includes(port)) ports.push(port);
    }
    const folder = await mkdtemp(join(tmpdir(), "guards-"));
    const guards = new RealGuards({ anvil, profile, ports, folder, drandUrls });
    // Otherwise the chain's time follows the machine's, and a slow one loses slots.
    await guards.#rpc("anvil_setBlockTimestampInterval", [0]);
    await guards.#enrol(joining);
    for (const index of ports.keys()) await guards.start(index);
    return guards;
  }

  private constructor(parts: {
    readonly anvil: RunningAnvil;
    readonly profile: NetworkProfile;
    readonly ports: readonly number[];
    readonly folder: string;
    readonly drandUrls: readonly string[] | undefined;
  }) {
    this.#anvil = parts.anvil;
    this.profile = parts.profile;
    this.reader = createChainReader({ profile: parts.profile });
    this.#ports = parts.ports;
    this.#folder = parts.folder;
    this.#drandUrls = parts.drandUrls;
    this.addresses = parts.ports.map((_, index) => addressOfPrivateKey(this.keyOf(index)));
  }

  keyOf(index: number): Hex {
    return keyOf(`guard ${index}`);
  }

  portOf(index: number): number {
    return this.#ports[index] ?? 0;
  }

  /** What a guard asks of the chain. */
  chainOf(index: number): GuardChain {
    return createGuardChain(createChainWriter({ profile: this.profile, privateKey: this.keyOf(index) }), systemClock);
  }

  /** Who staked for a guard, and asks for its place. */
  ownerOf(index: number): ChainWriter {
    return createChainWriter({ profile: this.profile, privateKey: keyOf(`owner ${index}`) });
  }

  /** Starts a guard with the store that it had, if it had one. A liar signs other roots than the chain's, the same as every other liar. */
  async start(index: number, options: StartOptions = {}): Promise<RealGuard> {
    const { isLying = false, sources, hasLostStore = false } = options;
    const metrics = createMetrics();
    let made = 0;
    const guard = createGuard({
      config: {
        storeFolder: join(this.#folder, hasLostStore ? `${index}-anew` : String(index)),
        setsFolder: undefined,
        finalityBlocks: FINALITY_BLOCKS,
        pollMs: 1_000,
        drandUrls: this.#drandUrls,
        peerTimeoutMs: 5_000,
      },
      signer: createNodeSigner(new Secret<Hex>(this.keyOf(index)), createSignatureCounter(metrics)),
      ...(isLying ? lieAbout(this.chainOf(index)) : { chain: this.chainOf(index) }),
      ...(sources === undefined ? {} : { sources }),
      nowSeconds: () => this.#time,
      clock: systemClock,
      log: silentLogger,
      metrics,
      random: () => 0,
      randomBytes32: () => {
        made += 1;
        return keyOf(`secret ${made} of ${index} at ${this.#time}`);
      },
    });
    const server = createGuardServer({ gateway: guard.gateway, metrics });
    await server.listen({ host: "127.0.0.1", port: this.portOf(index) });
    this.#closing.set(index, async () => {
      await server.close();
      await guard.stop();
    });
    const started = { ...guard, index, address: this.addresses[index] ?? "0x", metrics };
    this.running.set(index, started);
    return started;
  }

  async stop(index: number): Promise<void> {
    this.running.delete(index);
    await this.#closing.get(index)?.();
    this.#closing.delete(index);
  }

  async close(): Promise<void> {
    for (const index of [...this.running.keys()]) await this.stop(index);
    await this.#anvil.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Chain time of the last look. */
  get time(): number {
    return this.#time;
  }

  /** The epoch that the chain is in. */
  async epoch(): Promise<number> {
    const { timestamp } = await readHead(this.reader);
    return Math.floor((timestamp - this.profile.t0) / this.profile.epochSeconds);
  }

  /** Moves on to a slot after an epoch's end, and lets every guard look. */
  async toSlot(epoch: number, slot: number): Promise<void> {
    await this.moveToSlot(epoch, slot);
    await this.look();
  }

  /** Moves on without anybody looking. What was before becomes final. */
  async moveToSlot(epoch: number, slot: number): Promise<void> {
    await this.moveTo(epochStart(this.profile, epoch + 1) + Math.ceil((slot * this.profile.epochSeconds) / SLOTS));
  }

  /** Moves on to a time; what was before becomes final. */
  async moveTo(time: number, blocks = FINALITY_BLOCKS + 1): Promise<void> {
    const { timestamp } = await readHead(this.reader);
    if (time > timestamp) await this.#rpc("evm_setNextBlockTimestamp", [time]);
    await this.#rpc("anvil_mine", [blocks]);
  }

  /** Every guard looks, one after the other. */
  async look(): Promise<void> {
    this.#time = (await readHead(this.reader)).timestamp;
    for (const guard of [...this.running.values()]) await guard.look();
  }

  /** Every guard looks, or some of them, all at once: several try what one of them has to do. */
  async lookTogether(who: Iterable<RealGuard> = this.running.values()): Promise<void> {
    this.#time = (await readHead(this.reader)).timestamp;
    await Promise.all([...who].map((guard) => guard.look()));
  }

  /** Lets slots pass, with two looks in each, until every kind has a root. Gives whether it came to that. */
  async attest(epoch: number): Promise<boolean> {
    for (let slot = 0; slot < SLOTS_OPEN; slot += 1) {
      await this.moveToSlot(epoch, slot);
      for (let looks = 0; looks < 2; looks += 1) {
        await this.lookTogether();
        if ((await this.kindsPosted(epoch)).length === ATTESTATION_KINDS.length) return true;
      }
    }
    return false;
  }

  /** Kinds of which an epoch has a root. */
  async kindsPosted(epoch: number): Promise<readonly AttestationKind[]> {
    const { chainId: subjectChainId } = this.profile;
    const of = (kind: AttestationKind) => readAttestedRoot(this.reader, { subjectChainId, kind, epoch });
    const roots = await Promise.all(ATTESTATION_KINDS.map(of));
    return ATTESTATION_KINDS.filter((_, index) => roots[index] !== undefined);
  }

  /** Everything that was posted, in order. */
  async posted(): Promise<readonly PostedAttestation[]> {
    const { blockNumber: toBlock } = await readHead(this.reader);
    return readAttestations(this.reader, { fromBlock: this.profile.deployBlock, toBlock });
  }

  async #enrol(joining: number): Promise<void> {
    const treasury = createChainWriter({ profile: this.profile, privateKey: anvilKey(0) });
    await Promise.all(
      this.addresses.map(async (guard, index) => {
        const owner = await this.#enrolOne(treasury, index);
        if (index < joining) await joinGuards(owner, guard);
      }),
    );
  }

  async #enrolOne(treasury: ChainWriter, index: number): Promise<ChainWriter> {
    const owner = this.ownerOf(index);
    const guard = this.addresses[index] ?? "0x";
    await transferNative(treasury, { to: owner.account, wei: COR });
    await transferNative(treasury, { to: guard, wei: COR });
    await transferCor(treasury, { to: owner.account, wei: STAKE_WEI });
    await stake(owner, { wei: STAKE_WEI });
    const endpoint = `http://127.0.0.1:${this.portOf(index)}`;
    await registerNode(owner, { signerKey: this.keyOf(index), roles: ["guard"], endpoint });
    return owner;
  }

  async #rpc(method: string, params: readonly unknown[]): Promise<void> {
    await this.reader.client.request<{ Method: string; Parameters: readonly unknown[]; ReturnType: unknown }>({
      method,
      params,
    });
  }
}

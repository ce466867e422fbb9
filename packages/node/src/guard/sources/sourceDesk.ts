import {
  type Address,
  type Bytes32,
  beaconWithoutGuards,
  encodeQuorum,
  type GuardOffence,
  type GuardSet,
  hasCode,
  leaderOfSlot,
  leaderOrder,
  leaderSlotAt,
  recoverCompact,
  toCompactSignature,
} from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import type { NodeSigner } from "../../host/index.js";
import type { GuardChain } from "../guardChain.js";
import { chooseSigners } from "../leadEpoch.js";
import type { GuardMetrics } from "../metrics.js";
import { settleRace } from "../settleRace.js";
import type { AskRoots } from "./askRoots.js";
import type { RootSignature, RootSource } from "./rootSource.js";
import type { SourceBook } from "./sourceBook.js";

/** A signature, and whose it is. */
export type RootShown = RootSignature & { readonly guard: Address };

/** Epochs whose signatures are kept: the one that is signed, and the one before. */
const EPOCHS_KEPT = 2;

export type SourceDeskParts = {
  readonly source: RootSource;
  readonly chain: Pick<GuardChain, "chainId" | "readGuardEndpoints">;
  readonly signer: NodeSigner;
  readonly book: SourceBook;
  readonly askRoots: AskRoots;
  readonly onOffence: (proof: GuardOffence) => void;
  readonly metrics: GuardMetrics;
  readonly log: Logger;
};

/**
 * One source's roots: signs each epoch's once, only as it computed it itself; shows and gathers signatures; posts in its slot. Two roots of one guard
 * become an offence.
 */
export class SourceDesk {
  readonly #parts: SourceDeskParts;
  /** By epoch, then guard: one signature, and a second when it signed two roots. */
  readonly #seen = new Map<number, Map<Address, RootShown[]>>();
  readonly #done = new Set<number>();
  #asked: { readonly epoch: number; readonly slot: number } | undefined;

  constructor(parts: SourceDeskParts) {
    this.#parts = parts;
  }

  get name(): string {
    return this.#parts.source.name;
  }

  /** What it has seen of an epoch, its own among it. */
  shown(epoch: number): readonly RootShown[] {
    const seen = [...(this.#seen.get(epoch)?.values() ?? [])].flat();
    const own = this.#parts.book.find(this.name, epoch);
    const guard = this.#parts.signer.address;
    return own === undefined || seen.some((one) => one.guard === guard) ? seen : [...seen, { ...own, guard }];
  }

  /** Does for the epoch that is over what its time asks for. */
  async look(): Promise<void> {
    const { source, signer } = this.#parts;
    const { times, now } = await source.readTimes();
    const epoch = Math.floor((now - times.t0) / times.epochSeconds) - 1;
    const slot = epoch < 0 ? undefined : leaderSlotAt(times, epoch, now);
    if (slot === undefined || this.#done.has(epoch)) return;
    this.#forget(epoch);
    const { set, frozen } = await source.readSet(epoch);
    if (!set.members.some(({ guard }) => guard === signer.address)) return;
    const isPosted = (await source.readPosted(epoch)) !== undefined;
    const order = leaderOrder(set, beaconWithoutGuards(this.#parts.chain.chainId, epoch));
    const isTurn = leaderOfSlot(order, slot) === signer.address;
    const own = isPosted ? undefined : await this.#sign(epoch, { frozen, isTurn });
    const isLeader = own !== undefined && isTurn;
    if (isLeader || this.#asked?.epoch !== epoch || this.#asked.slot !== slot) await this.#gather(set);
    this.#asked = { epoch, slot };
    if (isLeader) await this.#lead({ set, frozen, root: own });
  }

  /** The root that this guard computes now; what it signed before stays what it signed. */
  async #sign(
    epoch: number,
    { frozen, isTurn }: { readonly frozen: ReadonlySet<Address>; readonly isTurn: boolean },
  ): Promise<Bytes32 | undefined> {
    const { source, signer, book, metrics, log } = this.#parts;
    const signed = book.find(source.name, epoch);
    if (signed !== undefined) this.#add(epoch, { ...signed, guard: signer.address });
    // Who has signed reads the other chain again only to post.
    if (signed !== undefined && !isTurn) return undefined;
    const computed = await source.compute(epoch);
    if (computed.kind !== "root") {
      // What is final stays empty.
      if (computed.kind === "empty") this.#done.add(epoch);
      if (computed.kind === "refused")
        log.debug("A source's root waits", { source: source.name, epoch, why: computed.why });
      return undefined;
    }
    const { root } = computed;
    if (signed !== undefined || frozen.has(signer.address)) return root;
    const signature = toCompactSignature(signer.sign(source.digestOf({ epoch, root })));
    const kept = await book.keep(source.name, epoch, { root, signature });
    this.#add(epoch, { ...kept, guard: signer.address });
    metrics.sourceRoots.add({ outcome: "signed" });
    log.info("A source's root is signed", { source: source.name, epoch, root: kept.root });
    return root;
  }

  async #gather(set: GuardSet): Promise<void> {
    const { chain, signer, askRoots, source } = this.#parts;
    const members = set.members.map(({ guard }) => guard);
    const peers = await chain.readGuardEndpoints(members.filter((guard) => guard !== signer.address));
    const { epoch } = set;
    const shown = await Promise.all(
      [...peers.values()].map((endpoint) => askRoots({ endpoint, source: source.name, epoch })),
    );
    for (const one of shown.flat()) {
      if (members.includes(one.guard) && this.#isOf(epoch, one)) this.#add(epoch, one);
    }
  }

  async #lead(of: {
    readonly set: GuardSet;
    readonly frozen: ReadonlySet<Address>;
    readonly root: Bytes32;
  }): Promise<void> {
    const { set, frozen, root } = of;
    const { source, metrics, log } = this.#parts;
    const { epoch } = set;
    const byGuard = new Map(
      this.shown(epoch)
        .filter((one) => one.root === root)
        .map(({ guard, signature }) => [guard, signature]),
    );
    const signatures = chooseSigners({ set, frozen, byGuard });
    if (signatures === undefined) return;
    const isThere = async () => (await source.readPosted(epoch)) !== undefined;
    const outcome = await settleRace(
      () => source.post({ epoch, root, packed: encodeQuorum(set, signatures) }),
      isThere,
    );
    this.#done.add(epoch);
    metrics.sourceRoots.add({ outcome: outcome === "done" ? "posted" : "superseded" });
    log.info(outcome === "done" ? "A source's root is posted" : "A source's root was posted before", {
      source: source.name,
      epoch,
      root,
    });
  }

  #isOf(epoch: number, { guard, root, signature }: RootShown): boolean {
    const known = this.#seen.get(epoch)?.get(guard) ?? [];
    if (known.some((one) => one.root === root) || known.length > 1) return false;
    try {
      return recoverCompact(this.#parts.source.digestOf({ epoch, root }), signature) === guard;
    } catch (error) {
      if (hasCode(error, "PROTOCOL_BAD_SIGNATURE")) return false;
      throw error;
    }
  }

  /** Of each guard one root, and a second one, which is an offence. */
  #add(epoch: number, signed: RootShown): void {
    const ofEpoch = this.#seen.get(epoch) ?? new Map<Address, RootShown[]>();
    this.#seen.set(epoch, ofEpoch);
    const own = ofEpoch.get(signed.guard) ?? [];
    const [first] = own;
    if (own.some(({ root }) => root === signed.root) || own.length > 1) return;
    ofEpoch.set(signed.guard, [...own, signed]);
    if (first !== undefined) this.#parts.onOffence(this.#parts.source.offenceOf(epoch, first, signed));
  }

  #forget(epoch: number): void {
    for (const old of this.#seen.keys()) if (old <= epoch - EPOCHS_KEPT) this.#seen.delete(old);
    for (const old of this.#done) if (old <= epoch - EPOCHS_KEPT) this.#done.delete(old);
  }
}

import type { Address, Bytes32, LevelChange, NodeLife, SealSuite, UnixSeconds } from "@cortensor/protocol";
import type { Advertisement, Link, OfferedModel } from "@cortensor/wire";
import type { MinerOffer } from "./chooseMiner.js";
import { type KeptFor, keptForOf } from "./keptFor.js";
import { type MeasuredSpeed, measureSpeed, TOKENS_PER_SECOND_MAX } from "./measureSpeed.js";
import type { UnverifiedReason } from "./planVerification.js";
import type { ProofDesk } from "./proofDesk.js";
import { ProvenResults } from "./provenResults.js";
import type { ScoreBook } from "./scoreBook.js";

/** Output tokens that another router's task on the same miner is expected to make. */
const FOREIGN_TASK_TOKENS = 128;

/** Sequences for each of which one task more is sent ahead, at least one in all: it starts while the next is on its way. */
const SEQUENCES_PER_TASK_AHEAD = 4;

/** What a seat holds of one running task: given back when the task leaves it. */
export type SeatLoad = {
  tokensAhead: number;
  readonly feeCapWei: bigint;
  readonly modelId: Bytes32;
  readonly account: number;
};

/** A miner's verification, for as long as it holds. */
export type Verified = {
  /** First second of chain time at which it no longer holds. */
  readonly until: UnixSeconds;
  /** The class that it was verified in: in another it gets no work. */
  readonly kernelClass: Bytes32;
  readonly nonce: number;
};

/** A miner's prekey bundles as it shows them, newest first, and the suites that the newest has a key of. */
export type SeatPrekeys = { readonly suites: ReadonlySet<SealSuite>; readonly bundles: readonly Uint8Array[] };

/** One connected miner: its link, what it offers and what it is doing. Numbers change in place; offers read them. */
export class MinerSeat {
  readonly link: Link;
  readonly connectedAtMs: number;
  readonly #scores: ScoreBook;
  #offers: readonly SeatOffer[] = [];
  #foreignTasks = 0;
  #measuredSpeed: MeasuredSpeed | undefined;
  readonly #onRoom: () => void;
  readonly #tasksOfModel = new Map<Bytes32, number>();
  readonly #tasksOfAccount = new Map<number, number>();
  capacity = 0;
  ownTasks = 0;
  tokensAhead = 0;
  inFlightWei = 0n;
  /** Behind its operator; undefined until it is read, and till then it isn't taken for verified. */
  stakeWei: bigint | undefined;
  /** As it was found last; 0 until it is read. */
  level = 0;
  #life: NodeLife | undefined;
  #keptFor: KeptFor | undefined;
  #untoldTasks = 0;
  /** The changes of its level, latest last. */
  levelHistory: readonly LevelChange[] = [];
  /** Results that wait for the miner's signature. While one is overdue it gets no more work. */
  readonly results: ProvenResults;
  isProved = true;
  /** Undefined: it isn't verified, or nobody has looked yet. */
  verified: Verified | undefined;
  /** A jury found a result of its miner worth a slash, and that isn't paid yet: it gets no work, verified or not. */
  isFrozen = false;
  /** Why its last challenge came to nothing. */
  unverified: UnverifiedReason | undefined;
  /** What its next verification must name, as last read; undefined while nobody has looked. */
  nonce: number | undefined;
  /** Whether a miner gets work only while it is verified. */
  readonly isVerificationRequired: boolean;
  /** What clients may seal to, as its miner last showed it. Empty: it gets open tasks alone. */
  prekeys: SeatPrekeys = { suites: new Set(), bundles: [] };
  /** Its link is closed: the seat goes as soon as the link says so. */
  isGone = false;

  constructor(parts: {
    readonly link: Link;
    readonly connectedAtMs: number;
    readonly scores: ScoreBook;
    readonly isVerificationRequired: boolean;
    /** A task has left. */
    readonly onRoom: () => void;
    readonly proofs: Pick<ProofDesk, "keep">;
  }) {
    this.results = new ProvenResults((of, proof) => parts.proofs.keep(of, proof));
    this.link = parts.link;
    this.#onRoom = parts.onRoom;
    this.connectedAtMs = parts.connectedAtMs;
    this.#scores = parts.scores;
    this.isVerificationRequired = parts.isVerificationRequired;
  }

  get miner(): Address {
    return this.link.peer.address;
  }

  get owner(): Address {
    return this.link.peer.owner;
  }

  get score(): number {
    return this.#scores.scoreOf(this.miner);
  }

  get tasks(): number {
    return this.ownTasks + this.#foreignTasks;
  }

  get expectedTokens(): number {
    return this.tokensAhead + this.#foreignTasks * FOREIGN_TASK_TOKENS;
  }

  /** Its node's life on chain; undefined until it is read. */
  get life(): NodeLife | undefined {
    return this.#life;
  }

  set life(life: NodeLife | undefined) {
    const keptFor = keptForOf(life);
    // What was begun under another reservation is no longer anybody's to count.
    if (!isSameReservation(this.#keptFor, keptFor)) this.#untoldTasks = 0;
    this.#life = life;
    this.#keptFor = keptFor;
  }

  /** Whom it serves alone. Of counted tasks those are gone that run or ended here and that the chain doesn't know of. */
  get keptFor(): KeptFor | undefined {
    const keptFor = this.#keptFor;
    if (keptFor?.kind !== "reserved" || keptFor.tasksLeft === undefined) return keptFor;
    const begun = (this.#tasksOfAccount.get(keptFor.account) ?? 0) + this.#untoldTasks;
    return { ...keptFor, tasksLeft: keptFor.tasksLeft - begun };
  }

  /** Tasks of a counted reservation that have ended here and that the chain wasn't told of. */
  get untoldTasks(): number {
    return this.#untoldTasks;
  }

  told(tasks: number): void {
    this.#untoldTasks = Math.max(0, this.#untoldTasks - tasks);
  }

  get offers(): readonly SeatOffer[] {
    return this.#offers;
  }

  get measuredSpeed(): number | undefined {
    return this.#measuredSpeed?.tokensPerSecond;
  }

  /** Takes over what the miner offers. `refused`, and nothing changes, when it makes no sense. */
  advertise(advertisement: Advertisement): "sameOffers" | "newOffers" | "refused" {
    const { models, capacity, running, queued } = advertisement;
    if (!models.every(isSensible)) return "refused";
    this.capacity = capacity;
    this.#foreignTasks = Math.max(0, running + queued - this.ownTasks);
    const isSame =
      models.length === this.#offers.length && this.#offers.every((one, at) => isEqual(one.model, models[at]));
    if (isSame) return "sameOffers";
    this.#offers = models.map((model) => new SeatOffer(this, model));
    return "newOffers";
  }

  offerOf(modelId: Bytes32): SeatOffer | undefined {
    return this.#offers.find((offer) => offer.model.modelId === modelId);
  }

  /** This router's tasks of one model here. */
  ownTasksOf(modelId: Bytes32): number {
    return this.#tasksOfModel.get(modelId) ?? 0;
  }

  /** Whether this router's tasks of an account run here. */
  serves(account: number): boolean {
    return this.#tasksOfAccount.has(account);
  }

  take(load: SeatLoad): void {
    this.ownTasks += 1;
    count(this.#tasksOfModel, load.modelId, 1);
    count(this.#tasksOfAccount, load.account, 1);
    this.tokensAhead += load.tokensAhead;
    this.inFlightWei += load.feeCapWei;
  }

  /** Some of the expected tokens came. */
  progress(load: SeatLoad, tokens: number): void {
    const made = Math.min(tokens, load.tokensAhead);
    load.tokensAhead -= made;
    this.tokensAhead -= made;
  }

  leave(load: SeatLoad): void {
    this.ownTasks -= 1;
    this.tokensAhead -= load.tokensAhead;
    load.tokensAhead = 0;
    this.inFlightWei -= load.feeCapWei;
    count(this.#tasksOfModel, load.modelId, -1);
    count(this.#tasksOfAccount, load.account, -1);
    const keptFor = this.#keptFor;
    const isCounted =
      keptFor?.kind === "reserved" && keptFor.account === load.account && keptFor.tasksLeft !== undefined;
    if (isCounted) this.#untoldTasks += 1;
    this.#onRoom();
  }

  /** What a task showed of the miner's speed, which its own word no longer decides then. */
  measure(task: Parameters<typeof measureSpeed>[1]): void {
    this.#measuredSpeed = measureSpeed(this.#measuredSpeed, task);
  }
}

/** One model of a seat, as the matching reads it. */
export class SeatOffer implements MinerOffer {
  readonly seat: MinerSeat;
  readonly model: OfferedModel;

  constructor(seat: MinerSeat, model: OfferedModel) {
    this.seat = seat;
    this.model = model;
  }

  get miner(): Address {
    return this.seat.miner;
  }
  get kernelClass(): Bytes32 {
    return this.model.kernelClass;
  }
  get contextTokens(): number {
    return this.model.contextTokens;
  }
  get tokensPerSecond(): number {
    return this.seat.measuredSpeed ?? this.model.tokensPerSecond;
  }
  get isMeasured(): boolean {
    return this.seat.measuredSpeed !== undefined;
  }
  get weiPerTokenIn(): bigint {
    return this.model.weiPerTokenIn;
  }
  get weiPerTokenOut(): bigint {
    return this.model.weiPerTokenOut;
  }
  get isVerified(): boolean {
    if (this.seat.isFrozen) return false;
    return !this.seat.isVerificationRequired || this.seat.verified?.kernelClass === this.model.kernelClass;
  }
  get isProved(): boolean {
    return this.seat.isProved;
  }
  get capacity(): number {
    return this.seat.isGone ? 0 : this.seat.capacity;
  }
  get tasks(): number {
    return this.seat.tasks;
  }
  get ownTasks(): number {
    return this.seat.ownTasksOf(this.model.modelId);
  }
  get startsMax(): number {
    const { sequences } = this.model;
    return sequences + Math.ceil(sequences / SEQUENCES_PER_TASK_AHEAD);
  }
  get tokensAhead(): number {
    return this.seat.expectedTokens;
  }
  get inFlightWei(): bigint {
    return this.seat.inFlightWei;
  }
  get stakeWei(): bigint {
    return this.seat.stakeWei ?? 0n;
  }
  get score(): number {
    return this.seat.score;
  }
  get level(): number {
    return this.seat.level;
  }
  get canScore(): boolean {
    return this.model.canScore;
  }
  get keptFor(): KeptFor | undefined {
    return this.seat.keptFor;
  }
}

function isSameReservation(left: KeptFor | undefined, right: KeptFor | undefined): boolean {
  return left?.kind === "reserved" && right?.kind === "reserved" && left.account === right.account;
}

function count<Key>(counts: Map<Key, number>, key: Key, by: 1 | -1): void {
  const left = (counts.get(key) ?? 0) + by;
  if (left > 0) counts.set(key, left);
  else counts.delete(key);
}

function isSensible(model: OfferedModel): boolean {
  const { tokensPerSecond, contextTokens, sequences } = model;
  if (model.model.length === 0 || contextTokens === 0 || sequences === 0) return false;
  // Above the most it is a lie or a mistake.
  return tokensPerSecond > 0 && tokensPerSecond <= TOKENS_PER_SECOND_MAX;
}

function isEqual(left: OfferedModel, right: OfferedModel | undefined): boolean {
  return (
    right !== undefined &&
    left.modelId === right.modelId &&
    left.model === right.model &&
    left.kernelClass === right.kernelClass &&
    left.contextTokens === right.contextTokens &&
    left.tokensPerSecond === right.tokensPerSecond &&
    left.sequences === right.sequences &&
    left.canEmbed === right.canEmbed &&
    left.canScore === right.canScore &&
    left.weiPerTokenIn === right.weiPerTokenIn &&
    left.weiPerTokenOut === right.weiPerTokenOut
  );
}

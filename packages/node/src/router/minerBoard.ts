import type { ModelCard } from "@cortensor/api";
import type { Address, Bytes32 } from "@cortensor/protocol";
import type { Advertisement, Link } from "@cortensor/wire";
import { MinerSeat, type SeatOffer, type Verified } from "./minerSeat.js";
import type { ProofDesk } from "./proofDesk.js";
import type { ScoreBook } from "./scoreBook.js";

/** What the board knows of one model: who offers it, and the most that a token may cost here. */
export type ModelEntry = {
  readonly card: ModelCard;
  readonly offers: readonly SeatOffer[];
  /** Owners of verified miners, for each kernel class: who could check another's work in it. */
  readonly ownersOfClass: ReadonlyMap<Bytes32, ReadonlySet<Address>>;
};

export type MinerBoardParts = {
  readonly scores: ScoreBook;
  /** Offers dearer than this many times the cheapest are left out: a hold must cover whoever takes over. */
  readonly priceSpread: number;
  /** Whether a miner gets work only while it is verified. */
  readonly isVerificationRequired: boolean;
  readonly nowMs: () => number;
  /** A miner may take another task now. */
  readonly onRoom: () => void;
  /** Given each result that its miner has signed. */
  readonly proofs: Pick<ProofDesk, "keep">;
};

/** The connected miners and the models they offer. One seat per miner: a newer link replaces the older. */
export class MinerBoard {
  readonly #parts: MinerBoardParts;
  readonly #seats = new Map<Address, MinerSeat>();
  #models: ReadonlyMap<Bytes32, ModelEntry> = new Map();
  #cards: readonly ModelCard[] = [];

  constructor(parts: MinerBoardParts) {
    this.#parts = parts;
  }

  get seats(): Iterable<MinerSeat> {
    return this.#seats.values();
  }

  get size(): number {
    return this.#seats.size;
  }

  /** By name, those with miners first, then by id. The same array until something changes. */
  get cards(): readonly ModelCard[] {
    return this.#cards;
  }

  seatOf(miner: Address): MinerSeat | undefined {
    return this.#seats.get(miner);
  }

  modelOf(modelId: Bytes32): ModelEntry | undefined {
    return this.#models.get(modelId);
  }

  /** Miners that have this router's tasks of an account. */
  servingOf(account: number): ReadonlySet<Address> {
    const serving = new Set<Address>();
    for (const seat of this.#seats.values()) if (seat.serves(account)) serving.add(seat.miner);
    return serving;
  }

  /** Gives a link's miner its seat; an older link of the same miner is closed. */
  join(link: Link): MinerSeat {
    const older = this.#seats.get(link.peer.address);
    const { nowMs, ...parts } = this.#parts;
    const seat = new MinerSeat({ ...parts, link, connectedAtMs: nowMs() });
    this.#seats.set(seat.miner, seat);
    if (older !== undefined) older.link.close("replaced");
    this.#index();
    return seat;
  }

  /** False when the seat was replaced before. */
  leave(seat: MinerSeat): boolean {
    if (this.#seats.get(seat.miner) !== seat) return false;
    this.#seats.delete(seat.miner);
    this.#index();
    return true;
  }

  /** False when the advertisement makes no sense; the seat keeps what it offered before. */
  advertise(seat: MinerSeat, advertisement: Advertisement): boolean {
    const outcome = seat.advertise(advertisement);
    if (outcome === "newOffers") this.#index();
    this.#parts.onRoom();
    return outcome !== "refused";
  }

  /** What is known of a miner's verification now: with it its offers come in, or go out. */
  setVerified(seat: MinerSeat, verified: Verified | undefined): void {
    const before = seat.verified?.kernelClass;
    seat.verified = verified;
    if (before === verified?.kernelClass) return;
    this.#index();
    this.#parts.onRoom();
  }

  setFrozen(seat: MinerSeat, isFrozen: boolean): void {
    if (seat.isFrozen === isFrozen) return;
    seat.isFrozen = isFrozen;
    this.#index();
    this.#parts.onRoom();
  }

  #index(): void {
    const offers = new Map<Bytes32, SeatOffer[]>();
    for (const seat of this.#seats.values()) {
      for (const offer of seat.offers) {
        const known = offers.get(offer.model.modelId);
        if (known === undefined) offers.set(offer.model.modelId, [offer]);
        else known.push(offer);
      }
    }
    const models = new Map<Bytes32, ModelEntry>();
    for (const [modelId, all] of offers) models.set(modelId, entryOf(all, BigInt(this.#parts.priceSpread)));
    this.#models = models;
    this.#cards = [...models.values()].map(({ card }) => card).sort(byName);
  }
}

/** Offers that aren't verified neither count nor set a price; where there are no others they stand for the reason. */
function entryOf(advertised: readonly SeatOffer[], spread: bigint): ModelEntry {
  const verified = advertised.filter(({ isVerified }) => isVerified);
  const all = verified.length > 0 ? verified : advertised;
  const inMax = least(all.map((offer) => offer.weiPerTokenIn)) * spread;
  const outMax = least(all.map((offer) => offer.weiPerTokenOut)) * spread;
  const offers = all.filter((offer) => offer.weiPerTokenIn <= inMax && offer.weiPerTokenOut <= outMax);
  const listed = offers.length > 0 ? offers : all;
  const [first] = listed;
  return {
    offers: listed,
    ownersOfClass: ownersByClass(verified),
    card: {
      id: first?.model.model ?? "",
      modelId: first?.model.modelId ?? "0x",
      contextTokens: Math.max(...listed.map((offer) => offer.contextTokens)),
      canEmbed: listed.some((offer) => offer.model.canEmbed),
      miners: verified.length === 0 ? 0 : listed.length,
      weiPerTokenIn: most(listed.map((offer) => offer.weiPerTokenIn)),
      weiPerTokenOut: most(listed.map((offer) => offer.weiPerTokenOut)),
    },
  };
}

function ownersByClass(verified: readonly SeatOffer[]): ReadonlyMap<Bytes32, ReadonlySet<Address>> {
  const owners = new Map<Bytes32, Set<Address>>();
  for (const { kernelClass, seat } of verified) {
    const known = owners.get(kernelClass);
    if (known === undefined) owners.set(kernelClass, new Set([seat.owner]));
    else known.add(seat.owner);
  }
  return owners;
}

function least(values: readonly bigint[]): bigint {
  return values.reduce((low, value) => (value < low ? value : low), values[0] ?? 0n);
}

function most(values: readonly bigint[]): bigint {
  return values.reduce((high, value) => (value > high ? value : high), 0n);
}

/** Of two models with one name the one that somebody serves is found first. */
function byName(left: ModelCard, right: ModelCard): number {
  if (left.id !== right.id) return left.id < right.id ? -1 : 1;
  if (left.miners > 0 !== right.miners > 0) return left.miners > 0 ? -1 : 1;
  return left.modelId < right.modelId ? -1 : 1;
}

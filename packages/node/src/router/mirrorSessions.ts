import type { ModelCard } from "@cortensor/api";
import type { BookedSession, Books } from "@cortensor/books";
import {
  type Address,
  type Custody,
  PLAIN_TERMS,
  priceWei,
  type SessionTerms,
  sessionClassOf,
} from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import type { RouterChain } from "./routerChain.js";
import type { ChainTime } from "./routerCore.js";
import type { SessionBook, SpendingCap } from "./sessionBook.js";
import { isServing, spendableOf } from "./spendable.js";

/** Blocks looked at again in each round: a reorganisation that deep is seen at once, a deeper one by the slow round. */
const REORG_BLOCKS = 64n;
/** Blocks of one look, so that one round on a long chain stays short. */
const BLOCKS_MAX = 10_000n;
/** Known sessions read again in each round, one after the other: whatever no event told is found. */
const REREAD_MAX = 16;
/** What a client may owe between debits, in typical tasks, and what such a task costs. */
const CHUNK_TASKS = 128n;
const TYPICAL_IN = 512;
const TYPICAL_OUT = 256;

export type MirrorParts = {
  readonly chain: RouterChain;
  readonly sessions: SessionBook;
  readonly books: Pick<Books, "laneStatus">;
  readonly operator: Address;
  /** Addresses of the keys that sign debits here. */
  readonly spenders: readonly Address[];
  readonly time: Pick<ChainTime, "epoch">;
  /** 0: from the prices of the models. */
  readonly chunkWei: bigint;
  readonly cards: () => readonly ModelCard[];
  readonly onChanged: (account: number) => void;
  readonly log: Logger;
};

type KnownCustody = {
  readonly custody: Custody;
  readonly delegation?: { readonly leftWei: bigint; readonly cap: SpendingCap };
};

/** Keeps the books' sessions equal to those on chain that have a lane for this operator. */
export class SessionMirror {
  readonly #parts: MirrorParts;
  #fromBlock: bigint;
  /** Accounts found in the blocks of the last look, and those not mirrored since: what happened there may be undone by now. */
  #touched = new Set<number>();
  #rereadAt = 0;
  isChainDown = false;

  constructor(parts: MirrorParts) {
    this.#parts = parts;
    this.#fromBlock = parts.chain.profile.deployBlock;
  }

  /** One round: what happened since the last one, and a few that are known. */
  async round(): Promise<void> {
    try {
      const { blockNumber: head } = await this.#parts.chain.readHead();
      const found = await this.#findTouched(head);
      for (const account of new Set([...this.#nextKnown(), ...this.#touched])) await this.#mirror(account);
      this.#touched = new Set(found);
      this.isChainDown = false;
    } catch (error) {
      this.isChainDown = true;
      throw error;
    }
  }

  /** Prices changed: what may be owed between debits follows them at once. */
  async reprice(): Promise<void> {
    const { sessions } = this.#parts;
    for (const session of [...sessions.all]) {
      const chunkWei = this.#chunkWei(sessions.knownTerms(session.account) ?? PLAIN_TERMS);
      if (session.custody === "self" && session.chunkWei !== chunkWei) await sessions.put({ ...session, chunkWei });
    }
  }

  async #findTouched(head: bigint): Promise<readonly number[]> {
    const { chain } = this.#parts;
    const accounts: number[] = [];
    while (this.#fromBlock <= head) {
      const last = this.#fromBlock + BLOCKS_MAX - 1n;
      const toBlock = last < head ? last : head;
      for (const account of await chain.listTouchedAccounts({ fromBlock: this.#fromBlock, toBlock })) {
        accounts.push(account);
        this.#touched.add(account);
      }
      this.#fromBlock = toBlock + 1n;
    }
    const again = head + 1n - REORG_BLOCKS;
    const { deployBlock } = chain.profile;
    this.#fromBlock = again > deployBlock ? again : deployBlock;
    return accounts;
  }

  #nextKnown(): readonly number[] {
    const known = [...this.#parts.sessions.all].map(({ account }) => account);
    if (known.length === 0) return [];
    const part = Array.from({ length: Math.min(REREAD_MAX, known.length) }, (_, index) => {
      return known[(this.#rereadAt + index) % known.length] ?? 0;
    });
    this.#rereadAt = (this.#rereadAt + part.length) % known.length;
    return part;
  }

  async #mirror(account: number): Promise<void> {
    const { sessions, operator, onChanged, log } = this.#parts;
    const session = await this.#read(account);
    if (session === undefined) return;
    if (!(await sessions.put(session))) return;
    onChanged(account);
    const { custody, allotmentWei } = session;
    log.info("Session mirrored", { account, custody, allotmentWei: allotmentWei.toString(), lane: operator });
  }

  /** Undefined for an account that has, and had, nothing for this operator. */
  async #read(account: number): Promise<BookedSession | undefined> {
    const { chain, sessions } = this.#parts;
    const known = await sessions.find(account);
    const [session, lane] = await Promise.all([chain.readSession(account), chain.readLane(account)]);
    if (session === undefined) return known && { ...known, allotmentWei: 0n };
    if (known === undefined && lane.allotmentWei === 0n) return undefined;
    sessions.setTerms(account, session);
    // After the lane: a settlement in between makes the key's rest look smaller, never larger.
    const { custody, delegation } = await this.#custodyOf(account, session.owner);
    const openWei = smaller(lane.lowering?.toWei ?? lane.allotmentWei, lane.allotmentWei);
    const isClosing = session.closeAt !== 0 || session.closed || !session.active;
    const payableWei = delegation === undefined ? openWei : smaller(openWei, lane.cumulativeWei + delegation.leftWei);
    sessions.setCap(account, payableWei < openWei ? delegation?.cap : undefined);
    const offeredWei = isClosing ? lane.cumulativeWei : payableWei;
    return {
      account,
      session: session.sessionId,
      owner: session.owner,
      custody,
      sessionClass: sessionClassOf(session),
      allotmentWei: offeredWei < lane.allotmentWei ? larger(offeredWei, await this.#usedWei(account)) : offeredWei,
      ...(custody === "self" ? { chunkWei: this.#chunkWei(session) } : {}),
    };
  }

  /** An account that closes, or lowers its allotment, still covers what it has used. */
  async #usedWei(account: number): Promise<bigint> {
    const status = await this.#parts.books.laneStatus(account);
    return status === undefined ? 0n : status.spentWei + status.heldWei;
  }

  /** Who signs the debits and, where a spending key does, what it may still pay. */
  async #custodyOf(account: number, owner: Address): Promise<KnownCustody> {
    const { chain, operator, spenders, time } = this.#parts;
    const now = { profile: chain.profile, epoch: time.epoch() };
    if (owner === operator) return { custody: "custodial" };
    for (const key of spenders) {
      const record = await chain.readSpendingKey({ account, key });
      const spendable = isServing(record, now) ? spendableOf(record, now) : undefined;
      if (spendable === undefined) continue;
      const { capPerEpochWei, totalCapWei } = record;
      const delegation = { leftWei: spendable.leftWei, cap: { capPerEpochWei, totalCapWei } };
      return { custody: "delegated", delegation };
    }
    return { custody: "self" };
  }

  /** At least one largest fee, or nobody could ever begin. */
  #chunkWei(terms: SessionTerms): bigint {
    const { chunkWei, cards } = this.#parts;
    let leastWei = 0n;
    let typicalWei = 0n;
    for (const model of cards()) {
      const { contextTokens } = model;
      leastWei = larger(leastWei, priceWei({ model, terms, nIn: contextTokens, nOut: contextTokens }));
      typicalWei = larger(typicalWei, priceWei({ model, terms, nIn: TYPICAL_IN, nOut: TYPICAL_OUT }));
    }
    return larger(leastWei, chunkWei > 0n ? chunkWei : CHUNK_TASKS * typicalWei);
  }
}

function smaller(left: bigint, right: bigint): bigint {
  return left < right ? left : right;
}

function larger(left: bigint, right: bigint): bigint {
  return left > right ? left : right;
}

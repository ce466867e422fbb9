import type { MinerOffer } from "@cortensor/node";
import {
  type Address,
  type AuditCounts,
  type Bytes32,
  NO_AUDITS,
  type Prices,
  ZERO_BYTES32,
} from "@cortensor/protocol";
import { addressOf } from "./identity.js";
import type { SimTask } from "./simTask.js";
import type { Strategy } from "./strategy.js";

/** Tasks that a miner holds at once: one it makes, one next, and room for hand-overs. */
const CAPACITY = 6;
const STARTS_MAX = 2;

/** What a miner's dishonesty brought and cost it, in wei. */
export type Tally = {
  /** Compute saved by cheating. */
  gainWei: bigint;
  slashedWei: bigint;
  /** Its net of fees that weren't paid after a verdict. */
  forfeitedWei: bigint;
  cheated: number;
  slashes: number;
  /** The number of the first of its cheats that a check found; infinite while none was. */
  firstFound: number;
};

/** A miner, in the words that the router's matching reads. */
export class SimMiner implements MinerOffer {
  miner: Address;
  readonly owner: Address;
  readonly kernelClass: Bytes32 = ZERO_BYTES32;
  readonly contextTokens = 4_096;
  readonly isVerified = true;
  readonly isProved = true;
  readonly level = 5;
  readonly canScore = true;
  readonly isMeasured = true;
  readonly startsMax = STARTS_MAX;
  capacity = CAPACITY;
  tasks = 0;
  ownTasks = 0;
  tokensAhead = 0;
  inFlightWei = 0n;
  score = 0;

  accepted = 0;
  delivered = 0;
  record: AuditCounts = NO_AUDITS;
  reputationPpm = 0;
  readonly queue: SimTask[] = [];
  readonly tally: Tally = {
    gainWei: 0n,
    slashedWei: 0n,
    forfeitedWei: 0n,
    cheated: 0,
    slashes: 0,
    firstFound: Number.POSITIVE_INFINITY,
  };
  names = 1;
  readonly index: number;
  readonly strategy: Strategy;
  readonly tokensPerSecond: number;
  /** What it puts at stake under each name. */
  readonly plannedStakeWei: bigint;
  readonly weiPerTokenIn: bigint;
  readonly weiPerTokenOut: bigint;
  stakeWei: bigint;

  constructor(
    index: number,
    parts: Prices & { readonly strategy: Strategy; readonly tokensPerSecond: number; readonly plannedStakeWei: bigint },
  ) {
    const { strategy, tokensPerSecond, plannedStakeWei, weiPerTokenIn, weiPerTokenOut } = parts;
    this.index = index;
    this.strategy = strategy;
    this.tokensPerSecond = tokensPerSecond;
    this.plannedStakeWei = plannedStakeWei;
    this.weiPerTokenIn = weiPerTokenIn;
    this.weiPerTokenOut = weiPerTokenOut;
    this.miner = addressOf("miner", index);
    this.owner = addressOf("owner", index);
    this.stakeWei = plannedStakeWei;
  }

  get isDishonest(): boolean {
    return this.strategy.cheat !== undefined;
  }

  /** Comes back as a stranger. Its stake is the caller's to count. */
  rename(): void {
    this.miner = addressOf(`miner again ${this.names}`, this.index);
    this.names += 1;
    this.accepted = 0;
    this.delivered = 0;
    this.record = NO_AUDITS;
    this.reputationPpm = 0;
  }

  /** May die, and come back with what it had. */
  leave(): void {
    this.capacity = 0;
  }

  comeBack(): void {
    this.capacity = CAPACITY;
  }
}

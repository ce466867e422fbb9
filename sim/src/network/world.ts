import { type Conduct, FairQueue, ScoreBook, serviceTokens } from "@cortensor/node";
import { createRandom, normalQuantile, type Random } from "@cortensor/proof";
import {
  type Address,
  type Bytes32,
  chargedPrices,
  dutyDraw,
  feeWei,
  MICRO,
  NO_AUDITS,
  PLAIN_TERMS,
  priceWei,
  type SessionTerms,
  splitsHash,
  splitsOf,
} from "@cortensor/protocol";
import { EventQueue } from "../events/eventQueue.js";
import { TraceHash } from "../events/traceHash.js";
import { Account } from "../money/account.js";
import { Chain } from "../money/chain.js";
import { MODEL_PRICES, type TaskSize, TYPICAL_TASK, type WorldConfig } from "./config.js";
import { addressOf, taskIdsOf, wordOf } from "./identity.js";
import { SimMiner } from "./simMiner.js";
import type { SimReceipt, SimTask } from "./simTask.js";

export const EVENT_KINDS = ["arrive", "step", "check", "dispute", "jury", "epoch", "return"] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

export type Validator = {
  readonly address: Address;
  readonly owner: Address;
  readonly kind: "honest" | "lazy" | "allied";
  stakeWei: bigint;
  /** By its secret of the epoch. */
  draw: (taskId: Uint8Array) => Uint8Array;
  duties: number;
  /** Checks that it didn't make, in the cost of one output token. */
  savedTokens: number;
  plantedMissed: number;
  slashedWei: bigint;
};

/** Work of a kind, in the cost of one output token. */
export type Cost = { generation: number; checking: number; replaying: number };

/** Sessions here are validated: their fees carry the surcharge, their splits pay validators. */
export const TERMS: SessionTerms = { ...PLAIN_TERMS, numOfValidatorNodes: 1 };
export const SPLITS = splitsOf({ sessionClass: "validated", hasModelOwner: false });
export const SPLITS_HASH = splitsHash(SPLITS);
export const PRICES = chargedPrices(MODEL_PRICES, TERMS);
/** The fee of a typical task. */
export const TYPICAL_FEE_WEI = feeWei({ ...PRICES, ...TYPICAL_TASK });
export const OPERATOR = addressOf("operator", 0);
export const TREASURY = addressOf("treasury", 0);

/** Most tokens that a task may ask for, and the logarithms its sizes are drawn around: 256 in, 128 out in the middle. */
export const MAX_OUT = 512;
const MAX_IN = 2_048;
const IN = { middle: Math.log(256), spread: 0.8, least: 16, most: MAX_IN };
const OUT = { middle: Math.log(128), spread: 0.9, least: 8, most: MAX_OUT };
/** Of such a draw, what a task makes a miner work on average, in output tokens. */
const MEAN_WORK_TOKENS = 195;
/** What the router knows of a prompt before its miner counts it, and expects of an answer. */
const PROMPT_BYTES_PER_TOKEN = 4;
const EXPECTED_OUT = 128;
const DEPOSIT_TASKS = 1_000_000n;
/** Of a miner that has worked before: tasks for each that was audited. */
const TASKS_PER_AUDIT = 10;

const NONE: readonly number[] = [];
const NO_SEGMENTS: SimTask["segments"] = [];
/** By prompt tokens: the formula depends on nothing else here. */
const capsWei = new Map<number, bigint>();

function capWeiOf(nIn: number): bigint {
  const kept = capsWei.get(nIn);
  if (kept !== undefined) return kept;
  const capWei = priceWei({ model: MODEL_PRICES, terms: TERMS, nIn, nOut: MAX_OUT });
  capsWei.set(nIn, capWei);
  return capWei;
}

/** Everything that is, at one moment. The handlers change it; time and chance come from here alone. */
export class World {
  readonly events = new EventQueue<EventKind>();
  readonly trace = new TraceHash();
  readonly random: Random;
  readonly chain = new Chain();
  readonly scores = new ScoreBook();
  readonly waiting = new FairQueue<SimTask>();
  readonly miners: readonly SimMiner[];
  readonly validators: readonly Validator[];
  readonly accounts: readonly Account[];
  readonly tasks: SimTask[] = [];
  /** Receipts that no settlement has taken yet, oldest first. */
  readonly receipts = new Map<Bytes32, SimReceipt>();
  /** By audit rate: what a validator's draw has to be below. */
  readonly bounds = new Map<number, Uint8Array>();
  readonly cost: Cost = { generation: 0, checking: 0, replaying: 0 };
  readonly counts = {
    delivered: 0,
    cut: 0,
    refused: 0,
    handOvers: 0,
    checks: 0,
    suspects: 0,
    honestChecks: 0,
    honestSuspects: 0,
    juries: 0,
    slashed: 0,
    withheld: 0,
    honestSlashed: 0,
    honestWithheld: 0,
  };
  readonly arrivalsPerMs: number;
  readonly endMs: number;
  nowMs = 0;
  handled = 0;
  mintedWei = 0n;

  readonly config: WorldConfig;
  readonly #taskIdOf: (index: number) => Bytes32;

  constructor(config: WorldConfig) {
    this.config = config;
    this.#taskIdOf = taskIdsOf(config.seed);
    this.random = createRandom(config.seed);
    this.endMs = config.hours * 3_600_000;
    this.miners = config.miners
      .flatMap(({ count, ...plan }) => Array.from({ length: count }, () => plan))
      .map((plan, index) => this.#miner(index, plan));
    this.validators = (["honest", "lazy", "allied"] as const).flatMap((kind) =>
      Array.from({ length: config.validators[kind] }, (_, index) => this.#validator(kind, index)),
    );
    this.accounts = Array.from(
      { length: config.accounts },
      (_, index) => new Account(index, TYPICAL_FEE_WEI * DEPOSIT_TASKS),
    );
    const tokensPerMs = this.miners.reduce((sum, { tokensPerSecond }) => sum + tokensPerSecond, 0) / 1_000;
    this.arrivalsPerMs =
      config.tasksPerSecond === undefined
        ? (config.load * tokensPerMs) / MEAN_WORK_TOKENS
        : config.tasksPerSecond / 1_000;
    for (const { stakeWei } of [...this.miners, ...this.validators]) this.mintedWei += stakeWei;
    for (const { depositWei } of this.accounts) this.mintedWei += depositWei;
  }

  get epoch(): number {
    return Math.floor(this.nowMs / this.config.epochMs);
  }

  newTask(): SimTask {
    const index = this.tasks.length;
    const { nIn, nOut } = this.#taskSize();
    const capWei = capWeiOf(nIn);
    const size = { maxIn: nIn * PROMPT_BYTES_PER_TOKEN, maxOut: MAX_OUT, feeCapWei: capWei };
    const account = Math.floor(this.random() * this.accounts.length);
    const task: SimTask = {
      index,
      taskId: this.#taskIdOf(index),
      client: account,
      priority: "interactive",
      serviceTokens: serviceTokens(size, EXPECTED_OUT),
      account,
      nIn,
      nOut,
      capWei,
      segments: NO_SEGMENTS,
      made: 0,
      fee: "none",
      feeWei: 0n,
      payees: [],
      epoch: this.epoch,
      openAudits: 0,
      disputed: NONE,
    };
    this.tasks.push(task);
    return task;
  }

  /** What the router thinks of a miner from now on. */
  conduct(miner: SimMiner, conduct: Conduct): void {
    this.scores.record(miner.miner, conduct);
    miner.score = this.scores.scoreOf(miner.miner);
  }

  #taskSize(): TaskSize {
    const { sizes } = this.config;
    const seen = sizes?.[Math.floor(this.random() * sizes.length)];
    return seen ?? { nIn: this.#size(IN), nOut: this.#size(OUT) };
  }

  #size({ middle, spread, least, most }: typeof IN): number {
    const drawn = Math.exp(middle + spread * normalQuantile(Math.max(1e-12, this.random())));
    return Math.min(most, Math.max(least, Math.round(drawn)));
  }

  #miner(index: number, plan: Omit<WorldConfig["miners"][number], "count">): SimMiner {
    const drawn = Math.round(60 * Math.exp(0.4 * normalQuantile(Math.max(1e-12, this.random()))));
    const { tokensPerSecond = drawn } = plan;
    const stakeWei = BigInt(Math.round(plan.stakeFees * 1_000)) * (TYPICAL_FEE_WEI / 1_000n);
    const { strategy, seasonedAudits = 0 } = plan;
    const miner = new SimMiner(index, { ...PRICES, strategy, tokensPerSecond, plannedStakeWei: stakeWei });
    miner.record = { ...NO_AUDITS, passedMicro: seasonedAudits * MICRO };
    miner.accepted = seasonedAudits * TASKS_PER_AUDIT;
    miner.delivered = miner.accepted;
    miner.score = this.scores.scoreOf(miner.miner);
    return miner;
  }

  #validator(kind: Validator["kind"], index: number): Validator {
    const address = addressOf(`${kind} validator`, index);
    const owner = addressOf(`${kind} validator's owner`, index);
    const stakeWei = TYPICAL_FEE_WEI * 10_000n;
    const draw = dutyDraw(wordOf("secret", this.config.seed, index));
    return { address, owner, kind, stakeWei, draw, duties: 0, savedTokens: 0, plantedMissed: 0, slashedWei: 0n };
  }
}

import type { Books } from "@cortensor/books";
import type { ModelDistance } from "@cortensor/proof";
import type { Address, Bytes32, MemberStandings, UnixSeconds } from "@cortensor/protocol";
import type { Clock, Logger } from "@cortensor/runtime";
import type { BeaconBook, LeafBatcher } from "../host/index.js";
import type { AffinityBook } from "./affinity.js";
import type { MatchRules } from "./chooseMiner.js";
import type { RouterConfig } from "./config.js";
import type { EventHub } from "./eventHub.js";
import type { RouterMetrics } from "./metrics.js";
import type { MinerBoard } from "./minerBoard.js";
import type { NoteDesk } from "./noteDesk.js";
import type { ProofDesk } from "./proofDesk.js";
import type { QuoteBook } from "./quoteBook.js";
import type { RateBook } from "./rateBook.js";
import type { ReceiptDesk } from "./receiptDesk.js";
import type { ScoreBook } from "./scoreBook.js";
import type { ServiceMeter } from "./serviceMeter.js";
import type { SessionBook } from "./sessionBook.js";
import type { TaskSinks } from "./sinks/sinkDesk.js";
import type { TaskLimits } from "./taskLimits.js";
import type { TaskTable } from "./taskTable.js";
import type { WaitingRoom } from "./waitingRoom.js";
import type { WorkDesk } from "./workDesk.js";

/** What a task is served with. Made once, by the role. */
export type RouterCore = {
  readonly config: RouterConfig;
  readonly rules: MatchRules;
  /** Calibrated distances of copies. */
  readonly distances: readonly ModelDistance[];
  /** Owner of the router: its lane. */
  readonly operator: Address;
  readonly chainId: number;
  readonly books: Books;
  readonly board: MinerBoard;
  readonly sessions: SessionBook;
  /** Who is a member of a private network; absent on any other. */
  readonly members: Pick<MemberStandings, "roleOf"> | undefined;
  readonly rates: RateBook;
  readonly quotes: QuoteBook;
  readonly affinity: AffinityBook;
  readonly scores: ScoreBook;
  readonly batcher: LeafBatcher;
  readonly desk: ReceiptDesk;
  readonly notes: NoteDesk;
  readonly tasks: TaskTable;
  readonly limits: TaskLimits;
  readonly service: ServiceMeter;
  readonly waiting: WaitingRoom;
  /** What is told in public of the tasks. */
  readonly work: WorkDesk;
  readonly proofs: ProofDesk;
  readonly sinks: TaskSinks;
  readonly hub: EventHub;
  readonly metrics: RouterMetrics;
  readonly time: ChainTime;
  readonly beacons: BeaconBook;
  readonly outputTokens: RunningMean;
  readonly log: Logger;
  readonly clock: Clock;
  readonly random: () => number;
  readonly randomBytes32: () => Bytes32;
};

export type ChainTime = { epoch(): number; chainSeconds(): UnixSeconds };

/** Weight of the newest value. */
const STEP = 0.05;

/** A mean that forgets slowly: what a task is expected to make. */
export class RunningMean {
  #value: number;

  constructor(first: number) {
    this.#value = first;
  }

  get value(): number {
    return this.#value;
  }

  add(value: number): void {
    this.#value += STEP * (value - this.#value);
  }
}

/** The chain's time, which is known from the role's start on. Before it nothing asks. */
export class StartedTime implements ChainTime {
  #clock: ChainTime | undefined;

  begin(clock: ChainTime): void {
    this.#clock = clock;
  }

  epoch(): number {
    return this.#clock?.epoch() ?? 0;
  }

  chainSeconds(): UnixSeconds {
    return this.#clock?.chainSeconds() ?? 0;
  }
}

import type { EngineDescription } from "@cortensor/engine";
import type { Bytes32, SegmentBody, UnixSeconds } from "@cortensor/protocol";
import { type Clock, type Logger, type Metrics, runLoop } from "@cortensor/runtime";
import { type NodeSigner, openRecordStore } from "../host/index.js";
import { Bench } from "./bench.js";
import type { FetchCaseEvidence } from "./fetchCaseEvidence.js";
import { openFindingBook } from "./findingBook.js";
import type { JudgeChain } from "./judgeChain.js";
import type { JudgeResultParts, OpenCase } from "./judgeResult.js";

/** Share by which pauses are shortened, so that judges don't march in step. */
const JITTER = 0.2;

export type JudgeParts = {
  readonly config: {
    readonly storeFolder: string;
    readonly pollMs: number;
    /** It judges nothing that others made, and only stands up for its own results. */
    readonly isPartyOnly?: boolean;
  };
  /** The registered key of a guard or a miner; the chain's calls are sent with the same. */
  readonly signer: NodeSigner;
  readonly chain: JudgeChain;
  /** Where all routers answer. */
  readonly readRouterEndpoints: () => Promise<readonly string[]>;
  readonly openChecker: JudgeResultParts["openChecker"];
  /** Has guards open a sealed result for it. Absent: it judges none. */
  readonly openSealed?: OpenCase;
  /** What its engine runs: asked once somebody has disputed a result of its kernel class. */
  readonly describeEngine: (signal: AbortSignal) => Promise<Pick<EngineDescription, "modelId" | "kernelClass">>;
  /** Chain time: see `createEpochClock`. */
  readonly nowSeconds: () => UnixSeconds;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly randomBytes32: () => Bytes32;
  /** How evidence is fetched. Default: from who accuses, and from routers. */
  readonly fetchEvidence?: FetchCaseEvidence;
  /** What this node keeps of a result that it made itself: by it the node sees whether to appeal. */
  readonly readOwnBody?: (resultHash: Bytes32) => SegmentBody | undefined;
};

export type Judge = {
  /** Looks again and again, until `stop`. */
  start(): void;
  /** Does once what disputes ask of this node; a result goes on being made again when it resolves. What fails is logged, and tried again by the next look. */
  look(): Promise<void>;
  /** Resolves when no result is being made again. */
  idle(): Promise<void>;
  /** Gives up what is under way and closes the store. */
  stop(): Promise<void>;
};

/** Judges disputed results for one guard or miner, and appeals what is found of its own. Nothing runs before `start` or `look`. */
export function createJudge(parts: JudgeParts): Judge {
  const { config, clock, log } = parts;
  const stopping = new AbortController();
  const { chainId, guards } = parts.chain;
  const store = openRecordStore(config.storeFolder);
  const book = openFindingBook({ store, judge: parts.signer.address, chainId, guards });
  const bench = new Bench(parts, book, stopping.signal);
  let running: Promise<void> | undefined;
  return {
    look: () => bench.look(),
    idle: () => bench.idle(),
    start: () => {
      running ??= runLoop({
        ...{ name: "judge", everyMs: config.pollMs, jitter: JITTER, random: parts.random },
        ...{ clock, signal: stopping.signal, work: () => bench.look() },
        onError: (error) => log.warn("Disputes could not be looked at", {}, error),
      });
    },
    stop: async () => {
      stopping.abort();
      await running;
      await bench.idle();
      await store.close();
    },
  };
}

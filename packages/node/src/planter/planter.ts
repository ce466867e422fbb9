import {
  type Bytes32,
  bytesToHex,
  hexToBytes,
  type Prompt,
  plantCommitment,
  recordEpochAt,
  type SegmentBody,
  setEntryId,
  type UnixSeconds,
} from "@cortensor/protocol";
import { type Clock, type Logger, type Metrics, runLoop } from "@cortensor/runtime";
import { openRecordStore } from "../host/index.js";
import { createPlanterMetrics, type PlanterMetrics } from "./metrics.js";
import { openPlantBook, PLANT_KEPT_EPOCHS, type PlantBook, type PlantRecord } from "./plantBook.js";
import type { PlantDesk } from "./plantDesk.js";
import type { PlanterChain } from "./planterChain.js";
import { plantsDue } from "./plantsDue.js";
import { proofOfBody } from "./proofOfBody.js";

/** Share by which pauses are shortened, so that planters don't march in step. */
const JITTER = 0.2;
/** Epochs until everything is known of one: its duties are shown in the second after, whose records are over in the third. */
const KNOWN_AFTER = 3;

/** What a planter knows of epochs that are over: see the guards' `DutyBoard`. */
export type PlantSource = {
  drawnFrom(
    epoch: number,
    signal: AbortSignal,
  ): Promise<
    | { readonly kind: "unposted" | "hidden" }
    | { readonly kind: "tasks"; readonly settled: Pick<ReadonlySet<Bytes32>, "has"> }
  >;
  recompute(
    epoch: number,
    signal: AbortSignal,
  ): Promise<
    | "hidden"
    | {
        readonly duties: readonly { readonly taskId: Bytes32 }[];
        readonly plants: readonly { readonly planter: string }[];
      }
  >;
};

export type PlanterParts = {
  readonly config: {
    readonly storeFolder: string;
    readonly pollMs: number;
    /** How many to plant in each epoch at least: see `plantsDue`. */
    readonly plantsLeast?: number;
  };
  readonly chain: PlanterChain;
  readonly source: PlantSource;
  /** Shared with the engine of the planter's miner. */
  readonly desk: PlantDesk;
  /** A question such as others ask: whoever checks it reads it. */
  readonly nextPrompt: () => Prompt;
  /** Asks it in the planter's own session, whose only node is its miner; what was answered, as the miner shows it. */
  readonly ask: (prompt: Prompt, signal: AbortSignal) => Promise<SegmentBody>;
  /** Chain time: see `createEpochClock`. */
  readonly nowSeconds: () => UnixSeconds;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly randomBytes32: () => Bytes32;
};

export type Planter = {
  /** Looks again and again, until `stop`. */
  start(): void;
  /** Does once what the chain's time asks for. What fails is logged, and tried again by the next look. */
  look(): Promise<void>;
  /** Gives up what is under way and closes the store. */
  stop(): Promise<void>;
};

/** Plants wrong results among the network's tasks, and opens them once verdicts are in. Nothing runs before `start` or `look`. */
export function createPlanter(parts: PlanterParts): Planter {
  const { config, chain, clock, log, nowSeconds, randomBytes32 } = parts;
  const { chainId, duties, planter, times } = chain;
  const stopping = new AbortController();
  const store = openRecordStore(config.storeFolder);
  const book = openPlantBook({ store, planter, chainId, duties, randomBytes32 });
  const counts = createPlanterMetrics(parts.metrics);
  const room: Room = { ...parts, book, counts, signal: stopping.signal, searched: new Set() };
  let running: Promise<void> | undefined;

  const look = async (): Promise<void> => {
    const time = nowSeconds();
    if (time < times.t0) return;
    const epoch = Math.floor((time - times.t0) / times.epochSeconds);
    const isOpenTime = recordEpochAt(times, time) === epoch;
    const steps: readonly (readonly [string, () => Promise<void>])[] = [
      ["open", async () => (isOpenTime ? openDue(epoch, room) : undefined)],
      ["settled", () => findSettled(epoch, room)],
      ["ask", () => askNext(epoch, room)],
      ["commit", () => commitDue(epoch, room)],
    ];
    for (const [duty, work] of steps) {
      if (stopping.signal.aborted) return;
      await work().catch((error: unknown) => {
        if (!stopping.signal.aborted) log.warn("A planter's step waits for the next look", { duty }, error);
      });
    }
  };
  return {
    look,
    start: () => {
      running ??= runLoop({
        ...{ name: "planter", everyMs: config.pollMs, jitter: JITTER, random: parts.random },
        ...{ clock, signal: stopping.signal, work: look },
        onError: (error) => log.error("A planter's look failed", {}, error),
      });
    },
    stop: async () => {
      stopping.abort();
      await running;
      await store.close();
    },
  };
}

type Room = Omit<PlanterParts, "metrics"> & {
  readonly book: PlantBook;
  readonly counts: PlanterMetrics;
  readonly signal: AbortSignal;
  /** Epochs among whose results every answer of its own was looked for. */
  readonly searched: Set<number>;
};

/** Decides once for each epoch how much to plant, and commits to it. The salts are on the disk before. */
async function commitDue(epoch: number, { book, chain, config, source, random, counts, signal }: Room): Promise<void> {
  if (!book.isPlanned(epoch)) {
    const known = epoch < KNOWN_AFTER ? undefined : await source.recompute(epoch - KNOWN_AFTER, signal);
    if (known === "hidden") return;
    const checked = new Set(known?.duties.map(({ taskId }) => taskId)).size;
    const others = (known?.plants ?? []).filter(({ planter }) => planter !== chain.planter).length;
    await book.plan(epoch, plantsDue({ checked, others, least: config.plantsLeast ?? 0, random }));
  }
  for (const { salt } of book.list().filter((record) => record.epoch === epoch)) {
    const commitment = plantCommitment(chain.planter, salt);
    if ((await chain.readPlant(commitment)).isKnown) continue;
    await chain.commitPlant(commitment);
    counts.committed.add({});
  }
}

/**
 * Asks one question of those that were committed to in the epoch before: its answer can't be among that one's results any more. A commitment that came into a block later than
 * it was sent for can't be opened in time: nothing is asked for it.
 */
async function askNext(epoch: number, room: Room): Promise<void> {
  const { book, chain, desk, counts, log, signal } = room;
  const due = book.list().find((record) => !record.isAsked && record.epoch === epoch - 1);
  if (due === undefined) return;
  const committed = await chain.readPlant(plantCommitment(chain.planter, due.salt));
  if (!committed.isKnown || committed.epoch > due.epoch) {
    await book.put({ ...due, isAsked: true });
    return;
  }
  const prompt = room.nextPrompt();
  await book.put({ ...due, isAsked: true });
  desk.put(prompt, due.salt);
  try {
    const body = await room.ask(prompt, signal);
    const proof = proofOfBody(body, due.salt);
    const id = setEntryId(body.result.taskId);
    await book.put({ ...due, isAsked: true, answer: { id, proof: bytesToHex(proof) } });
    counts.asked.add({});
  } catch (error) {
    counts.lost.add({});
    if (!signal.aborted) log.warn("A planted question came to nothing", { epoch: due.epoch }, error);
  } finally {
    desk.remove(prompt);
  }
}

/** Looks under which results root each answer is. */
async function findSettled(epoch: number, { book, source, searched, signal }: Room): Promise<void> {
  const waiting = book.list().filter(({ answer, settled, isOpened }) => answer && settled === undefined && !isOpened);
  if (waiting.length === 0) return;
  const first = Math.max(0, epoch - PLANT_KEPT_EPOCHS, Math.min(...waiting.map((one) => one.epoch)) + 1);
  for (let of = first; of < epoch; of += 1) {
    if (searched.has(of)) continue;
    const drawn = await source.drawnFrom(of, signal);
    if (drawn.kind !== "tasks") continue;
    searched.add(of);
    for (const old of searched) if (old < epoch - PLANT_KEPT_EPOCHS) searched.delete(old);
    for (const record of waiting) {
      if (record.answer !== undefined && drawn.settled.has(record.answer.id))
        await book.put({ ...record, settled: of });
    }
  }
}

/** Opens what was settled in the second epoch before, once; what is older is lost. */
async function openDue(epoch: number, room: Room): Promise<void> {
  const { book, log, signal } = room;
  for (const record of book.list()) {
    // Each by itself: one that is refused keeps no other from being opened.
    await openOne(record, epoch, room).catch((error: unknown) => {
      if (!signal.aborted) log.warn("A planted result could not be opened", { epoch: record.settled }, error);
    });
  }
}

async function openOne(record: PlantRecord, epoch: number, { book, chain, counts, log }: Room): Promise<void> {
  const { answer, settled, isOpened, salt } = record;
  if (isOpened || answer === undefined || settled === undefined || settled > epoch - 2) return;
  if (settled < epoch - 2) {
    counts.lost.add({});
    log.warn("A planted result is too old to be opened", { epoch: settled });
  } else if (!(await chain.readPlant(plantCommitment(chain.planter, salt))).isOpened) {
    await chain.openPlant({ salt, proof: hexToBytes(answer.proof) });
    counts.opened.add({});
    log.info("Planted result opened", { epoch: settled, taskId: answer.id });
  }
  await book.put({ ...record, isOpened: true });
}

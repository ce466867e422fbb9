import { type Bytes32, type Eip712Domain, MemberStandings, registryDomain } from "@cortensor/protocol";
import { BeaconBook, createLeafBatcher } from "../host/index.js";
import { AffinityBook } from "./affinity.js";
import { DEFAULT_MATCH_RULES } from "./chooseMiner.js";
import { EventHub } from "./eventHub.js";
import { createRouterMetrics } from "./metrics.js";
import { MinerBoard } from "./minerBoard.js";
import { NoteDesk } from "./noteDesk.js";
import { ProofDesk } from "./proofDesk.js";
import { QuoteBook } from "./quoteBook.js";
import { RateBook } from "./rateBook.js";
import { type AcknowledgedReceipt, ReceiptDesk } from "./receiptDesk.js";
import { type RouterCore, RunningMean } from "./routerCore.js";
import type { RouterParts } from "./routerParts.js";
import { ScoreBook } from "./scoreBook.js";
import { ServiceMeter } from "./serviceMeter.js";
import { SessionBook } from "./sessionBook.js";
import { TaskLimits } from "./taskLimits.js";
import { TaskTable } from "./taskTable.js";
import { tellOfReceipts } from "./tellOfReceipts.js";
import { WaitingRoom } from "./waitingRoom.js";
import { WorkDesk } from "./workDesk.js";

/** Output tokens that a task is expected to make while none has ended yet. */
const FIRST_OUTPUT_TOKENS = 128;

/** The Registry's domain, under which nodes sign batches. */
export function batchDomain({ chain }: Pick<RouterParts, "chain">): Eip712Domain {
  return registryDomain({ chainId: chain.profile.chainId, registry: chain.profile.addresses.registry });
}

/** A private network's gate, asked of each account at most once in two seconds. */
function membersOf({ chain, clock }: RouterParts): MemberStandings | undefined {
  if (chain.profile.isPrivate !== true) return undefined;
  return new MemberStandings({ readRole: (account) => chain.readRole(account), nowMs: () => clock.nowMs() });
}

/** Everything that tasks are served with, joined up. */
export function createCore(parts: RouterParts, { time, sinks }: Pick<RouterCore, "time" | "sinks">): RouterCore {
  const { config, books, clock, log, random, randomBytes32 } = parts;
  const scores = new ScoreBook();
  const { chainId } = parts.chain.profile;
  const work = new WorkDesk({ books, writer: randomBytes32(), chainId, lane: config.operator, clock, log });
  const proofs = new ProofDesk({ books, clock, log });
  const tasks = new TaskTable((taskId) => work.begin(taskId));
  const hub = new EventHub(log);
  const nowMs = (): number => clock.nowMs();
  const { priceSpread, requireVerified: isVerificationRequired } = config;
  const onRoom = (): void => waiting.wake();
  const board = new MinerBoard({ scores, proofs, priceSpread, isVerificationRequired, nowMs, onRoom });
  const metrics = createRouterMetrics(parts.metrics, {
    // Each copy of a task waits by itself.
    running: () => Math.max(0, tasks.size - waiting.size),
    miners: () => board.size,
    verifiedMiners: () => [...board.seats].filter(({ verified }) => verified !== undefined).length,
    receiptsPending: () => desk.pending,
  });
  const { waitingMax, waitingClientMax } = config;
  const offersOf = (modelId: Bytes32) => board.modelOf(modelId)?.offers ?? [];
  const waiting = new WaitingRoom({ offersOf, waitingMax, waitingClientMax, metrics, nowMs });
  const batcher = createLeafBatcher({
    signer: parts.signer,
    domain: batchDomain(parts),
    clock,
    log,
    onNotice: (miner, notice) => board.seatOf(miner)?.link.notify("batch", notice),
  });
  const notes = new NoteDesk({ operator: config.operator, books, batcher, board, time, metrics, log });
  const sessions = new SessionBook({ books, chain: parts.chain });
  const limits = new TaskLimits(books);
  const tell = tellOfReceipts({ board, hub, nowMs });
  const onAcknowledged = (receipts: readonly AcknowledgedReceipt[]): void => {
    tell(receipts);
    sinks.acknowledged(receipts);
    for (const { receipt } of receipts) limits.receipted(receipt.account);
    notes.issue(receipts.flatMap(({ payees }) => payees.map(({ miner }) => miner)));
  };
  const beforeWrite = (receipts: readonly AcknowledgedReceipt[]) => sinks.keep(receipts);
  const desk = new ReceiptDesk({ batcher, books, clock, random, log, metrics, beforeWrite, onAcknowledged });
  const { chain } = parts;
  const readBeacon = (epoch: number) => chain.readBeacon(epoch);
  const nowSeconds = (): number => time.chainSeconds();
  return {
    config,
    rules: { ...DEFAULT_MATCH_RULES, exploration: config.exploration, stakePerFee: BigInt(config.stakePerFee) },
    distances: parts.distances ?? [],
    operator: config.operator,
    chainId,
    books,
    board,
    sessions,
    members: membersOf(parts),
    limits,
    service: new ServiceMeter({ sessions, time, nowMs }),
    rates: new RateBook({ chain: parts.chain, time, log }),
    quotes: new QuoteBook(),
    affinity: new AffinityBook(randomBytes32()),
    ...{ scores, batcher, desk, notes, proofs, tasks, waiting, work, hub, metrics, time, sinks },
    beacons: new BeaconBook({ times: chain.profile, readBeacon, nowSeconds, clock, log }),
    outputTokens: new RunningMean(FIRST_OUTPUT_TOKENS),
    ...{ log, clock, random, randomBytes32 },
  };
}

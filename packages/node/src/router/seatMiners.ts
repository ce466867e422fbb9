import type { Logger } from "@cortensor/runtime";
import type { BatchNotice, Link } from "@cortensor/wire";
import type { BatchVerifier, SignatureCounter } from "../host/index.js";
import type { EventHub } from "./eventHub.js";
import type { RouterMetrics } from "./metrics.js";
import type { MinerBoard } from "./minerBoard.js";
import type { MinerSeat } from "./minerSeat.js";
import type { NoteDesk } from "./noteDesk.js";
import type { ReofferDesk } from "./reoffer.js";
import type { RouterChain } from "./routerChain.js";
import { readPrekeys } from "./sealed/readPrekeys.js";
import type { StakeBook } from "./stakeBook.js";
import type { VerifiedMiners } from "./verifiedMiners.js";
import type { MinerVerifier } from "./verifyMiners.js";

export type SeatMinersParts = {
  readonly board: MinerBoard;
  readonly chain: Pick<RouterChain, "readNodeLevel" | "readLevelHistory" | "readNodeLives">;
  readonly verifier: BatchVerifier;
  readonly stakes: StakeBook;
  readonly verified: VerifiedMiners;
  readonly minerVerifier: Pick<MinerVerifier, "consider">;
  readonly reoffers: ReofferDesk;
  readonly notes: NoteDesk;
  readonly hub: EventHub;
  readonly signatures: SignatureCounter;
  readonly metrics: RouterMetrics;
  readonly nowMs: () => number;
  readonly log: Logger;
  /** What is offered here, or at which price, has changed. */
  readonly onOffers: () => void;
};

/** What happens on a miner's link from its first turn to its last, tasks apart. */
export function seatMiners(parts: SeatMinersParts): (link: Link) => void {
  const { board, stakes, verified, minerVerifier, reoffers, notes, hub, nowMs, log, onOffers } = parts;
  return (link) => {
    const seat = board.join(link);
    stakes.recall(seat);
    verified.recall(seat);
    const { miner } = seat;
    link.onNotice("advertisement", (advertisement) => {
      const cards = board.cards;
      if (!board.advertise(seat, advertisement)) log.warn("Advertisement makes no sense", { miner });
      if (board.cards !== cards) onOffers();
      minerVerifier.consider(seat);
    });
    link.onNotice("batch", (notice) => takeBatch(parts, seat, notice));
    link.onNotice("prekeys", ({ bundles }) => takePrekeys(parts, seat, bundles));
    link.onNotice("reoffer", (offered) => reoffers.take(seat, offered));
    log.info("Miner connected", { miner, operator: seat.owner });
    if (hub.isWatched) hub.emit({ kind: "minerJoined", miner, atMs: nowMs() });
    void stakes.read(seat);
    void refreshLevel(parts, seat);
    void refreshLives(parts, [seat]);
    void lookAt(parts, seat);
    notes.issue([miner]);
    void link.closed.then((reason) => {
      if (!board.leave(seat)) return;
      log.info("Miner disconnected", { miner, reason });
      if (hub.isWatched) hub.emit({ kind: "minerLeft", miner, atMs: nowMs() });
    });
  };
}

/** Reads whether a miner is verified, and has it challenged if it isn't. While the chain can't be read the next poll does it. */
async function lookAt({ verified, minerVerifier, log }: SeatMinersParts, seat: MinerSeat): Promise<void> {
  try {
    await verified.look([seat]);
    minerVerifier.consider(seat);
  } catch (error) {
    log.warn("A miner's verification could not be read", { miner: seat.miner }, error);
  }
}

/** Reads the level of a miner's node. Until it is read, and while it can't be, the last known one holds. */
export async function refreshLevel(
  { chain, log }: Pick<SeatMinersParts, "chain" | "log">,
  seat: MinerSeat,
): Promise<void> {
  try {
    const level = await chain.readNodeLevel(seat.miner);
    if (level !== seat.level) seat.levelHistory = await chain.readLevelHistory(seat.miner);
    seat.level = level;
  } catch (error) {
    log.warn("A miner's level could not be read", { miner: seat.miner }, error);
  }
}

/** Reads the lives of seats' nodes: whom they serve alone. Until one is read it serves anybody; while it can't be, the last known one holds. */
export async function refreshLives(
  { chain, log }: { readonly chain: Pick<RouterChain, "readNodeLives">; readonly log: Logger },
  seats: readonly MinerSeat[],
): Promise<void> {
  try {
    const lives = await chain.readNodeLives(seats.map(({ miner }) => miner));
    for (const [index, seat] of seats.entries()) seat.life = lives[index];
  } catch (error) {
    log.warn("The lives of miners' nodes could not be read", {}, error);
  }
}

/** What a client is to check is only looked through for being its miner's own. */
function takePrekeys({ signatures, log }: SeatMinersParts, seat: MinerSeat, bundles: readonly Uint8Array[]): void {
  const prekeys = readPrekeys(bundles, { miner: seat.miner, signatures });
  if (prekeys === undefined) log.warn("A miner's prekeys make no sense", { miner: seat.miner });
  else seat.prekeys = prekeys;
}

function takeBatch({ verifier, metrics, nowMs, log }: SeatMinersParts, seat: MinerSeat, notice: BatchNotice): void {
  const isGood = seat.results.prove(notice, { miner: seat.miner, verifier });
  metrics.batchesFromMiners.add({ outcome: isGood ? "good" : "bad" });
  if (!isGood) log.warn("A miner's batch is not what it signed", { miner: seat.miner });
  seat.isProved = isGood && seat.results.isInTime(nowMs());
}

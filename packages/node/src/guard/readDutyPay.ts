import {
  accusedEpochs,
  DUTY_PAY_EPOCHS,
  type DutyPayEpoch,
  type DutyPayLeaf,
  dutyPayLeaves,
  dutyPayStep,
  type EpochDuties,
  NO_DUTY_PAY,
} from "@cortensor/protocol";
import type { CutOffs } from "./cutOffs.js";
import type { DutyBoard } from "./dutyBoard.js";
import type { GuardChain } from "./guardChain.js";
import type { LeafRange } from "./readLeaves.js";

/** All that each validator has earned by the duties that were shown up to an epoch's cut-off. Undefined while a set that they need isn't shown. */
export type ReadDutyPay = (
  range: Pick<LeafRange, "epoch">,
  signal: AbortSignal,
) => Promise<readonly DutyPayLeaf[] | undefined>;

export type DutyPayParts = {
  readonly chain: Pick<GuardChain, "times" | "readFundCredits" | "readDisputeNews">;
  readonly cutOffs: Pick<CutOffs, "rangeOf" | "lastBlockOf">;
  readonly board: Pick<DutyBoard, "recompute">;
};

/** Duties' pay as a fold over all epochs, one after the other: each adds what its settlements credited, and shares it over its duties, and over what disputes bore out. */
export function createReadDutyPay(parts: DutyPayParts): ReadDutyPay {
  let book = NO_DUTY_PAY;
  let next = 0;
  let turn: Promise<unknown> = Promise.resolve();

  const read: ReadDutyPay = async ({ epoch }, signal) => {
    const last = epoch - DUTY_PAY_EPOCHS;
    if (last + 1 < next) [book, next] = [NO_DUTY_PAY, 0];
    for (; next <= last; next += 1) {
      const found = await readEpoch(next, parts, signal);
      if (found === undefined) return undefined;
      book = dutyPayStep(book, found);
    }
    return dutyPayLeaves(book);
  };
  // One after the other: they share the fold.
  return (range, signal) => {
    const mine = turn.then(() => read(range, signal));
    turn = mine.catch(() => undefined);
    return mine;
  };
}

async function readEpoch(
  epoch: number,
  { chain, cutOffs, board }: DutyPayParts,
  signal: AbortSignal,
): Promise<DutyPayEpoch | undefined> {
  const last = await cutOffs.lastBlockOf(epoch);
  const [news, credits, duties] = await Promise.all([
    readNews(epoch, { chain, cutOffs }),
    last === undefined ? [] : cutOffs.rangeOf(epoch, last.number).then((blocks) => chain.readFundCredits(blocks)),
    last === undefined ? NO_DUTIES : board.recompute(epoch, signal),
  ]);
  if (duties === "hidden") return undefined;
  const keptEpochs = accusedEpochs(chain.times.epochSeconds);
  return { epoch, credits, tallies: duties.tallies, news, keptEpochs };
}

const NO_DUTIES: Pick<EpochDuties, "tallies"> = { tallies: [] };

/** What was heard of disputes among the records in which an epoch's verdicts are shown; with the first epoch's, all that came before. */
async function readNews(
  epoch: number,
  { chain, cutOffs }: Pick<DutyPayParts, "chain" | "cutOffs">,
): Promise<DutyPayEpoch["news"]> {
  const shownIn = epoch + DUTY_PAY_EPOCHS;
  const last = await cutOffs.lastBlockOf(shownIn);
  return last === undefined ? [] : chain.readDisputeNews(await cutOffs.rangeOf(epoch === 0 ? 0 : shownIn, last.number));
}

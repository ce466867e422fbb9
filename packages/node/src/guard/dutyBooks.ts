import type { GuardReader } from "./createGuardChain.js";
import { CutOffs } from "./cutOffs.js";
import { DutyBoard } from "./dutyBoard.js";
import type { FetchSet } from "./fetchSet.js";
import { PostedEpochs } from "./postedEpochs.js";
import { createReadFindings } from "./readFindings.js";
import type { ReadReputation } from "./readLeaves.js";
import { type ReadFindings, ReputationFold } from "./reputationFold.js";

/** What of a chain duties and reputations follow from. */
export type DutyBooksChain = Pick<
  GuardReader,
  | "chainId"
  | "registry"
  | "times"
  | "firstBlock"
  | "readHead"
  | "readBlock"
  | "readPosted"
  | "readSettlements"
  | "readCondemned"
  | "readWorkRecords"
  | "readCondemnedWork"
  | "readDutyRound"
  | "readBeacon"
  | "readPlants"
  | "readAccountOwners"
  | "readOwners"
>;

/** Duties and reputations, which follow from one another: duties are drawn by the reputations of epochs before, and these count what duties found. */
export type DutyBooks = { readonly board: DutyBoard; readonly readReputation: ReadReputation };

/** Opens both over public records, the same for guards, validators and auditors. */
export function createDutyBooks(parts: {
  readonly chain: DutyBooksChain;
  readonly cutOffs: CutOffs;
  readonly posted: PostedEpochs;
  readonly fetchSet: FetchSet;
  /** What checks found of miners' results. Default: what duties did. */
  readonly readFindings?: ReadFindings;
}): DutyBooks {
  const { board, fold } = openBooks(parts);
  return { board, readReputation: fold.leavesAt };
}

/** The same over a chain that anybody can read, for whoever isn't a guard. */
export function createPublicDutyBooks(chain: DutyBooksChain, fetchSet: FetchSet): DutyBooks {
  return createDutyBooks({ chain, cutOffs: new CutOffs(chain), posted: new PostedEpochs(chain), fetchSet });
}

function openBooks(parts: Parameters<typeof createDutyBooks>[0]): {
  readonly board: DutyBoard;
  readonly fold: ReputationFold;
} {
  const board = new DutyBoard({ ...parts, readRates: (epoch, signal) => fold.ratesAt(epoch, signal) });
  const fold: ReputationFold = new ReputationFold({
    ...parts,
    readFindings: parts.readFindings ?? createReadFindings(board),
    openOlder: () => openBooks(parts).fold,
  });
  return { board, fold };
}

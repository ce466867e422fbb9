import { resultsHash } from "../commit.js";
import { ProtocolError } from "../errors.js";
import { fingerprintRootOf } from "../fingerprint.js";
import type { Address, Bytes32 } from "../primitives.js";
import { setEntryId } from "../settlementSet.js";
import { hashResult, hashTask } from "../structHash.js";
import { tokenRootOf } from "../tokenRoot.js";
import { plantedFingerprint } from "./plant.js";
import { decodePlantProof, PLANT_TOKENS_MIN, type PlantProof } from "./plantProof.js";

/** A commitment that was opened, as the contract tells of it. */
export type OpenedPlant = {
  readonly planter: Address;
  readonly salt: Bytes32;
  /** See `encodePlantProof`: whatever the planter sent. */
  readonly proof: Uint8Array;
  /** The epoch that ran when it was committed to. */
  readonly committed: number;
  /** The epoch that ran when it was opened. */
  readonly opened: number;
};

/** A planted result that counts against whoever passed it. */
export type ProvenPlant = {
  readonly planter: Address;
  /** See `setEntryId`. */
  readonly taskId: Bytes32;
  readonly miner: Address;
  /** The client's. */
  readonly account: number;
};

/**
 * The results of an epoch that were planted. One counts when it was committed to before the epoch, and opened in the epoch in which its verdicts are shown, with a result that the
 * settled hash stands for and whose fingerprint is the one that the salt gives. That fingerprint is wrong, whatever the model: so nobody has to judge it, and an honest result can't be
 * called planted. What shows nothing of the kind counts nothing. By task, each once.
 *
 * Whether client, miner and planter are one owner is for `ownPlants` to say.
 */
export function provenPlants(of: {
  /** Of the results. */
  readonly epoch: number;
  readonly opened: readonly OpenedPlant[];
  /** Under the epoch's results root: the settled hash of each task, by its set's id. */
  readonly resultsHashes: ReadonlyMap<Bytes32, Bytes32>;
}): readonly ProvenPlant[] {
  const proven = new Map<Bytes32, ProvenPlant>();
  for (const opening of of.opened) {
    if (opening.committed >= of.epoch || opening.opened !== of.epoch + 2) continue;
    const shown = readProof(opening);
    const taskId = shown && setEntryId(shown.result.taskId);
    if (shown === undefined || taskId === undefined || proven.has(taskId)) continue;
    if (of.resultsHashes.get(taskId) !== resultsHash([hashResult(shown.result)])) continue;
    const { task, result } = shown;
    proven.set(taskId, { planter: opening.planter, taskId, miner: result.miner, account: task.account });
  }
  return [...proven.values()].sort((left, right) => (left.taskId < right.taskId ? -1 : 1));
}

/** Those that harmed nobody: the planter owns the miner and the client's account. What was planted among another's tasks isn't a plant. */
export function ownPlants(
  plants: readonly ProvenPlant[],
  owners: { readonly miners: ReadonlyMap<Address, Address>; readonly accounts: ReadonlyMap<number, Address> },
): readonly ProvenPlant[] {
  return plants.filter(
    ({ planter, miner, account }) => owners.miners.get(miner) === planter && owners.accounts.get(account) === planter,
  );
}

/** What an opening shows, if it is of one piece and has the salt's fingerprint. */
function readProof({ salt, proof }: OpenedPlant): PlantProof | undefined {
  try {
    const shown = decodePlantProof(proof);
    const { task, result, tokens } = shown;
    if (tokens.length < PLANT_TOKENS_MIN || hashTask(task) !== result.taskId) return undefined;
    if (tokens.some(({ id, top }) => !top.includes(id))) return undefined;
    if (tokenRootOf(tokens.map(({ id }) => id)) !== result.tokenRoot) return undefined;
    return fingerprintRootOf(plantedFingerprint(salt, tokens)) === result.fpRoot ? shown : undefined;
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

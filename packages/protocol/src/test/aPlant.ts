import { resultsHash } from "../commit.js";
import { type PlantedToken, plantedFingerprint } from "../duty/plant.js";
import { encodePlantProof, PLANT_TOKENS_MIN, type PlantProof } from "../duty/plantProof.js";
import type { OpenedPlant } from "../duty/provenPlants.js";
import { fingerprintRootOf } from "../fingerprint.js";
import type { Address, Bytes32 } from "../primitives.js";
import type { Result } from "../result.js";
import { setEntryId } from "../settlementSet.js";
import { hashResult, hashTask } from "../structHash.js";
import type { Task } from "../task.js";
import { tokenRootOf } from "../tokenRoot.js";
import { anAddress, aWord } from "./aTask.js";

/** Whose epoch's results have it, unless a test says otherwise. */
export const PLANT_EPOCH = 7;
export const PLANTER: Address = anAddress("planter");
export const PLANTERS_MINER: Address = anAddress("planter's miner");
export const PLANTERS_ACCOUNT = 9;

const aTask = (name: string): Task => ({
  ...{ account: PLANTERS_ACCOUNT, session: aWord("session"), seq: 3, modelId: aWord("model") },
  ...{ promptCommit: aWord(`prompt of ${name}`), paramsHash: aWord("params"), maxIn: 100, maxOut: 64 },
  ...{ feeCapWei: 2n ** 80n, deadline: 1_800_000_000, userNonce: aWord("nonce"), privacy: "open", redundancy: 1 },
});

const someTokens = (count: number): readonly PlantedToken[] =>
  Array.from({ length: count }, (_, index) => ({ id: 500 + index, top: [1, 500 + index, 3, 70_000, 5] }));

/** A planted result, as its planter shows it, and the settled hash that it stands for. */
export type MadePlant = {
  readonly id: Bytes32;
  readonly resultsHash: Bytes32;
  readonly proof: PlantProof;
  readonly opened: OpenedPlant;
};

export function aPlant(
  name: string,
  over: {
    readonly opened?: Partial<OpenedPlant>;
    readonly tokens?: readonly PlantedToken[];
    /** What the miner signed, where it isn't the salt's. */
    readonly result?: Partial<Result>;
  } = {},
): MadePlant {
  const task = aTask(name);
  const salt = aWord(`salt of ${name}`);
  const tokens = over.tokens ?? someTokens(PLANT_TOKENS_MIN);
  const result: Result = {
    ...{ taskId: hashTask(task), miner: PLANTERS_MINER, replica: 0, segment: 0, from: 0, to: tokens.length },
    ...{ tokenRoot: tokenRootOf(tokens.map(({ id }) => id)), outCommit: aWord("output"), nIn: 20 },
    ...{ fpRoot: fingerprintRootOf(plantedFingerprint(salt, tokens)), recipeHash: aWord("recipe") },
    ...{ nOut: tokens.length, finish: "length", kernelClass: aWord("class"), tFirstMs: 10, tTotalMs: 900 },
    ...over.result,
  };
  const proof = { task, result, tokens };
  return {
    id: setEntryId(result.taskId),
    resultsHash: resultsHash([hashResult(result)]),
    proof,
    opened: {
      ...{
        planter: PLANTER,
        salt,
        proof: encodePlantProof(proof),
        committed: PLANT_EPOCH - 1,
        opened: PLANT_EPOCH + 2,
      },
      ...over.opened,
    },
  };
}

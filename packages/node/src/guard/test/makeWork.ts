import {
  type Address,
  addressOfPrivateKey,
  type Hex,
  hashBatch,
  hashCheckpoint,
  leafHash,
  merkleTree,
  registryDomain,
  signDigest,
  typedDataDigest,
  type WorkPart,
  type WorkTask,
  type WorkWord,
} from "@cortensor/protocol";
import { idOf, keyOf, taskIdOf } from "./guardNetwork.js";
import { CHAIN_ID, REGISTRY } from "./memoryChain.js";

const MINER_KEY = keyOf("miner");
export const MINER: Address = addressOfPrivateKey(MINER_KEY);
export const MODEL = keyOf("model");

const domain = registryDomain({ chainId: CHAIN_ID, registry: REGISTRY });

export function aPart(of: Partial<WorkPart> = {}): WorkPart {
  const made = { nIn: 10, nOut: 101, tFirstMs: 100, tTotalMs: 1_100 };
  return { replica: 0, segment: 0, miner: MINER, kernelClass: keyOf("class"), outcome: "delivered", ...made, ...of };
}

/** A task that has ended, as its lane tells of it. */
export function aWork(name: string, of: Partial<WorkTask> = {}): WorkTask {
  return { id: idOf(name), modelId: MODEL, isSeeded: false, hasBegun: false, parts: [aPart()], ...of };
}

/** The miner's word that it had taken the first part of a task. */
export function wordOf(name: string, key: Hex = MINER_KEY): WorkWord {
  const said = { taskId: taskIdOf(name), position: 0, tokenRoot: keyOf("no tokens") };
  const tree = merkleTree([leafHash(hashCheckpoint({ ...said, miner: MINER, replica: 0, segment: 0 }))]);
  const batch = { root: tree.root, count: 1, sequence: 4 };
  const signature = signDigest(typedDataDigest(domain, hashBatch(batch)), key);
  return { ...said, proof: { batch, signer: MINER, signature, path: [] } };
}

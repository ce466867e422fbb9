import { canonicalParams } from "../canonicalParams.js";
import type { Prompt } from "../inferenceRequest.js";
import type { Address, Bytes32, Hex } from "../primitives.js";
import {
  createSealContext,
  createSealKeyPair,
  type Envelope,
  type HeldPrekey,
  type PrekeyBundle,
  type PrekeyTimes,
  portableAead,
  prekeyBundleHash,
  prekeyDestroyedAt,
  prekeyEpochStart,
  type SealContext,
  type SealedRequest,
  type SealSuite,
  sealedTaskCommits,
  sealTask,
} from "../sealing/index.js";
import { addressOfPrivateKey } from "../secp256k1.js";
import { hashTask } from "../structHash.js";
import type { Task } from "../task.js";
import { aBody } from "./aBody.js";
import { anAddress, aWord } from "./aTask.js";

export const SEAL_TIMES: PrekeyTimes = { startSeconds: 1_000_000, prekeySeconds: 86_400 };
/** In the middle of prekey epoch 5. */
export const SEAL_NOW: number = prekeyEpochStart(SEAL_TIMES, 5) + 40_000;
export const SESSION: Bytes32 = aWord("sealed session");

export const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(aWord(text).slice(2), "hex"));
export const keyOf = (name: string): Hex => aWord(`key of ${name}`);
export const minerOf = (name: string): Address => addressOfPrivateKey(keyOf(name));

/** A miner with one prekey of each suite that is named, and its bundle of prekey epoch 5. */
export type SealingMiner = {
  readonly miner: Address;
  readonly bundle: PrekeyBundle;
  readonly held: readonly HeldPrekey[];
};

export async function aSealingMiner(name: string, suites: readonly SealSuite[] = ["x25519"]): Promise<SealingMiner> {
  const pairs = await Promise.all(
    suites.map(async (suite) => ({
      suite,
      ...(await createSealKeyPair(suite, bytesOf(`prekey of ${name}, ${suite}`))),
    })),
  );
  const bundle: PrekeyBundle = {
    chainId: 31_337,
    registry: anAddress("registry"),
    node: minerOf(name),
    prekeyEpoch: 5,
    validFrom: prekeyEpochStart(SEAL_TIMES, 5),
    validTo: prekeyDestroyedAt(SEAL_TIMES, 5),
    keys: pairs.map(({ suite, publicKey }) => ({ suite, publicKey })),
  };
  return { miner: bundle.node, bundle, held: pairs.map(({ suite, privateKey }) => ({ suite, privateKey })) };
}

export function aSealedRequest(text = "Is this number prime?", secret: Bytes32 = aWord("secret")): SealedRequest {
  const prompt: Prompt = { kind: "chat", messages: [{ role: "user", content: text }] };
  const params = canonicalParams({
    ...{ temperature: 1, topK: 40, topP: 1, minP: 0, presencePenalty: 0, frequencyPenalty: 0 },
    ...{ logitBias: { 7: -3 }, stop: ["\n\n"], maxTokens: 64 },
  });
  return { secret, answerSecret: aWord("answer secret"), prompt, params, committed: [] };
}

export function aSealedTask(request: SealedRequest, suite: SealSuite = "x25519", seq = 3): Task {
  return { ...aBody().task, seq, privacy: "sealed", ...sealedTaskCommits(suite, request) };
}

/** A task sealed to miners, and all that each side holds of it. */
export type SealedTask = {
  readonly task: Task;
  readonly taskId: Bytes32;
  readonly request: SealedRequest;
  readonly contexts: readonly SealContext[];
  readonly dataKey: Uint8Array;
  readonly envelope: Envelope;
};

export async function aSealedEnvelope(
  miners: readonly SealingMiner[],
  {
    suite = "x25519",
    request = aSealedRequest(),
    seq = 3,
  }: { suite?: SealSuite; request?: SealedRequest; seq?: number } = {},
): Promise<SealedTask> {
  const contexts = await Promise.all(
    miners.map(({ bundle }) => createSealContext({ bundle, suite, session: SESSION })),
  );
  const task = aSealedTask(request, suite, seq);
  const taskId = hashTask(task);
  const dataKey = bytesOf(`data key of ${taskId}`);
  const envelope = sealTask({
    taskId,
    request,
    contexts,
    dataKey,
    nonce: aWord(`nonce of ${taskId}`),
    aead: portableAead,
  });
  return { task, taskId, request, contexts, dataKey, envelope };
}

/** What a miner looks its prekeys up in. */
export function prekeysOf(...miners: readonly SealingMiner[]): (bundleHash: Bytes32) => readonly HeldPrekey[] {
  return (bundleHash) => miners.find(({ bundle }) => prekeyBundleHash(bundle) === bundleHash)?.held ?? [];
}

import {
  addressOfPrivateKey,
  type Checkpoint,
  type Hex,
  hashBatch,
  hashCheckpoint,
  hashTask,
  leafHash,
  merkleTree,
  type Payee,
  type ProvenCheckpoint,
  registryDomain,
  type SegmentBody,
  signDigest,
  tokenRootOf,
  typedDataDigest,
  ZERO_BYTES32,
} from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { givenUpSegments } from "../src/check/givenUpSegments.js";

const KEY: Hex = `0x${"22".repeat(32)}`;
const FIRST = addressOfPrivateKey(KEY);
const SECOND = addressOfPrivateKey(`0x${"33".repeat(32)}`);
const DOMAIN = registryDomain({ chainId: 31_337, registry: `0x${"ab".repeat(20)}` });
const TOKENS = Array.from({ length: 70 }, (_, id) => id);
const TASK: SegmentBody["task"] = {
  account: 1,
  session: ZERO_BYTES32,
  seq: 1,
  modelId: ZERO_BYTES32,
  promptCommit: ZERO_BYTES32,
  paramsHash: ZERO_BYTES32,
  maxIn: 10,
  maxOut: 100,
  feeCapWei: 1n,
  deadline: 1,
  userNonce: ZERO_BYTES32,
  privacy: "open",
  redundancy: 1,
};
const taskId = hashTask(TASK);
const PAYEES: readonly Payee[] = [
  { miner: FIRST, replica: 0, segment: 0, from: 0, to: 64, wei: 1n },
  { miner: SECOND, replica: 0, segment: 1, from: 70, to: 100, wei: 1n },
];

/** The second miner's, which took over 70 tokens. */
function aBody(changes: Partial<SegmentBody> = {}): SegmentBody {
  const words = { tokenRoot: ZERO_BYTES32, fpRoot: ZERO_BYTES32, recipeHash: ZERO_BYTES32, outCommit: ZERO_BYTES32 };
  const place = { taskId, miner: SECOND, replica: 0, segment: 1, from: 64, to: 100, nIn: 3, nOut: 36 };
  return {
    task: TASK,
    prompt: { kind: "text", text: "hello" },
    promptSalt: ZERO_BYTES32,
    params: {
      temperature: 1,
      topK: 40,
      topP: 1,
      minP: 0,
      presencePenalty: 0,
      frequencyPenalty: 0,
      logitBias: {},
      stop: [],
      maxTokens: 100,
    },
    committed: TOKENS,
    contextTokens: 512,
    result: { ...place, ...words, finish: "stop", kernelClass: ZERO_BYTES32, tFirstMs: 1, tTotalMs: 2 },
    recipe: [],
    fingerprint: new Uint8Array(0),
    ...changes,
  };
}

function aCheckpoint(changes: Partial<Checkpoint> = {}, key = KEY): ProvenCheckpoint {
  const { position = 64 } = changes;
  const tokenRoot = tokenRootOf(TOKENS.slice(0, position));
  const checkpoint = { taskId, miner: FIRST, replica: 0, segment: 0, position, tokenRoot, ...changes };
  const tree = merkleTree([leafHash(hashCheckpoint(checkpoint))]);
  const batch = { root: tree.root, count: 1, sequence: 1 };
  const signature = signDigest(typedDataDigest(DOMAIN, hashBatch(batch)), key);
  return { checkpoint, proof: { batch, signer: addressOfPrivateKey(key), signature, path: tree.pathOf(0) } };
}

const found = (checkpoints: readonly ProvenCheckpoint[], bodies: readonly SegmentBody[] = [aBody()]) =>
  givenUpSegments({ payees: PAYEES, bodies, checkpoints, domain: DOMAIN });
const [FIRST_PAYEE] = PAYEES;

describe("a paid segment without a result", () => {
  it("is its miner's up to the checkpoint that it signed, at the end or before it", () => {
    const tokens = { miner: FIRST, replica: 0, segment: 0, from: 0 };
    expect(found([aCheckpoint()])).toEqual([{ kind: "signed", tokens: { ...tokens, to: 64 } }]);
    expect(found([aCheckpoint({ position: 32 })])).toEqual([{ kind: "signed", tokens: { ...tokens, to: 32 } }]);
  });

  it("is nobody's without a checkpoint of its miner's for just this segment", () => {
    const others = [aCheckpoint({ segment: 1 }), aCheckpoint({ replica: 1 }), aCheckpoint({ taskId: ZERO_BYTES32 })];
    for (const checkpoints of [[], others, [aCheckpoint({ miner: SECOND })]]) {
      expect(found(checkpoints)).toEqual([{ kind: "unsigned", payee: FIRST_PAYEE }]);
    }
  });

  it.each<[string, ProvenCheckpoint]>([
    ["its miner didn't sign", aCheckpoint({}, `0x${"33".repeat(32)}`)],
    ["is of other tokens than were handed over", aCheckpoint({ tokenRoot: ZERO_BYTES32 })],
    ["goes beyond what was acknowledged", aCheckpoint({ position: 70 })],
    ["is at the segment's beginning", aCheckpoint({ position: 0 })],
  ])("is the router's fault where it shows a checkpoint that %s", (_what, checkpoint) => {
    expect(found([checkpoint])).toEqual([{ kind: "badCheckpoint", payee: FIRST_PAYEE }]);
  });

  it("isn't spoken of where its own body is shown, or none that holds its tokens", () => {
    const own = aBody({ result: { ...aBody().result, segment: 0 } });
    expect(found([aCheckpoint()], [own])).toEqual([]);
    expect(found([aCheckpoint()], [])).toEqual([]);
    expect(found([aCheckpoint()], [aBody({ committed: TOKENS.slice(0, 40) })])).toEqual([]);
  });
});

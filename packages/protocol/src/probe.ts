import { hexToBytes, keccak256 } from "./bytes.js";
import { ByteWriter } from "./byteWriter.js";
import type { Prompt, SamplingParams } from "./inferenceRequest.js";
import type { Address, Bytes32 } from "./primitives.js";
import { FINISH_REASONS, type FinishReason } from "./result.js";
import { samplerSeed } from "./seed.js";

/** Output tokens of a probe: enough draws of the sampler to tell two models apart, a moment's work for any engine. */
export const PROBE_TOKENS_MAX = 16;

const CHALLENGE_TAG = "challenge-v1";
const ANSWER_TAG = "probe-answer-v1";

/** What a verifier asks a node, before it is hashed. */
export type ChallengeParts = {
  /** The node. */
  readonly signer: Address;
  readonly verifier: Address;
  /** As registered. */
  readonly sealingKey: Bytes32;
  /** As registered. */
  readonly kernelClass: Bytes32;
  readonly modelId: Bytes32;
  /** The node's next verification. */
  readonly nonce: number;
  /** Fresh, and sealed to the node's sealing key: nobody can prepare for a challenge. */
  readonly secret: Bytes32;
};

/**
 * `keccak256("challenge-v1" ‖ signer ‖ verifier ‖ sealingKey ‖ kernelClass ‖ modelId ‖ nonce u64 ‖ keccak256(secret))`: what a
 * verification states as asked. The probe follows from it alone, so that whoever runs the model can do it again.
 */
export function challengeHash(parts: ChallengeParts): Bytes32 {
  return keccak256(
    new ByteWriter()
      .tag(CHALLENGE_TAG)
      .hex(parts.signer, 20)
      .hex(parts.verifier, 20)
      .hex(parts.sealingKey, 32)
      .hex(parts.kernelClass, 32)
      .hex(parts.modelId, 32)
      .uint("nonce", parts.nonce, 8)
      .hex(keccak256(hexToBytes(parts.secret)), 32)
      .toBytes(),
  );
}

/** The task that a challenge stands for: nobody chooses its words, so that no router gets work for nothing by it. */
export type Probe = { readonly prompt: Prompt; readonly params: SamplingParams; readonly seed: Bytes32 };

const PROBE_PARAMS: SamplingParams = {
  temperature: 1,
  topK: 40,
  topP: 1,
  minP: 0,
  presencePenalty: 0,
  frequencyPenalty: 0,
  logitBias: {},
  stop: [],
  maxTokens: PROBE_TOKENS_MAX,
};
/** Words of which a probe's prompt is made, one for each byte modulo 16. */
const WORDS: readonly string[] = [
  "river",
  "lamp",
  "orchard",
  "clock",
  "harbour",
  "violin",
  "winter",
  "garden",
  "engine",
  "letter",
  "mountain",
  "baker",
  "signal",
  "window",
  "market",
  "forest",
];
const PROMPT_WORDS = 4;

export function probeOf(challenge: Bytes32): Probe {
  const words = [...hexToBytes(challenge).subarray(0, PROMPT_WORDS)].map((byte) => WORDS[byte % WORDS.length]);
  const content = `Tell me about: ${words.join(", ")}.`;
  return {
    prompt: { kind: "chat", messages: [{ role: "user", content }] },
    params: PROBE_PARAMS,
    seed: samplerSeed(challenge, 0),
  };
}

/** What a probe's answer is judged by: the same on every honest engine of one kernel class. */
export type ProbeAnswer = {
  readonly challenge: Bytes32;
  readonly modelId: Bytes32;
  /** Tokens of the template-applied prompt. */
  readonly nIn: number;
  readonly nOut: number;
  /** Running root over the output tokens. */
  readonly tokenRoot: Bytes32;
  readonly finish: FinishReason;
};

/** `keccak256("probe-answer-v1" ‖ challenge ‖ modelId ‖ nIn u32 ‖ nOut u32 ‖ tokenRoot ‖ finish u8)`: what a verification states as answered. */
export function answerHash(answer: ProbeAnswer): Bytes32 {
  return keccak256(
    new ByteWriter()
      .tag(ANSWER_TAG)
      .hex(answer.challenge, 32)
      .hex(answer.modelId, 32)
      .uint("nIn", answer.nIn, 4)
      .uint("nOut", answer.nOut, 4)
      .hex(answer.tokenRoot, 32)
      .uint("finish", FINISH_REASONS.indexOf(answer.finish), 1)
      .toBytes(),
  );
}

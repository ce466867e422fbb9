import {
  type Address,
  affinityTags,
  type Bytes32,
  bytesToHex,
  type Prompt,
  type SamplingParams,
  type SealAudit,
  type SealedAsk,
  type SealSuite,
  sealedTaskCommits,
} from "@cortensor/protocol";
import type { AskOptions } from "../answers.js";
import type { Model } from "../networkShapes.js";
import { sealedMaxIn, sealedParams } from "./sealedParams.js";

/** What is the same in every envelope of an ask: its request, and the secrets that its commitments rest on. */
export type BegunAsk = {
  readonly ask: SealedAsk;
  readonly modelId: Bytes32;
  readonly suite: SealSuite;
  readonly prompt: Prompt;
  readonly params: SamplingParams;
  readonly audit: SealAudit;
  readonly secret: { readonly request: Bytes32; readonly answer: Bytes32 };
};

/** Says of a prompt what a router may know. Throws SDK_SEALED_UNSUPPORTED for options that can't be kept. */
export function beginAsk(
  prompt: Prompt,
  options: Omit<AskOptions, "model" | "suite" | "audit"> & {
    readonly model: Model;
    readonly suite: SealSuite;
    readonly audit: SealAudit;
    readonly avoid: readonly Address[];
    readonly sessionKey: Uint8Array;
    readonly randomBytes: (bytes: number) => Uint8Array;
  },
): BegunAsk {
  const { model, suite, audit, avoid, sessionKey, randomBytes, ...asked } = options;
  const params = sealedParams(prompt, asked, model);
  const secret = { request: bytesToHex(randomBytes(32)), answer: bytesToHex(randomBytes(32)) };
  const { modelId } = model;
  const tags = affinityTags({ sessionKey, modelId, filler: randomBytes(32) }, prompt);
  const ask = {
    ...{ model: model.id, suite, maxIn: sealedMaxIn(prompt, model), maxOut: params.maxTokens },
    ...sealedTaskCommits(suite, { secret: secret.request, prompt, params }),
    ...{ affinity: [...tags], audit },
    ...(avoid.length === 0 ? {} : { avoid: [...avoid] }),
  };
  return { ask, modelId, suite, prompt, params, audit, secret };
}

import type { EnqueuedTask } from "@cortensor/chain";
import {
  type Bytes32,
  bytesToHex,
  decodeParams,
  decodePrompt,
  digestOfRequestCid,
  type InferenceRequest,
  keccak256,
  ProtocolError,
  type SamplingParams,
} from "@cortensor/protocol";
import type { QueueRefusal } from "./queueRefusal.js";

const SALT_BYTES = 32;
const NOTHING = new Uint8Array(0);

/** What a client handed to the operator, or the router fetched, where the chain doesn't have it: salt ‖ encoded prompt, and the encoded parameters. */
export type HandedPrompt = { readonly prompt: Uint8Array; readonly params: Uint8Array };

export type ReadQueued =
  | { readonly kind: "read"; readonly request: InferenceRequest; readonly salt: Bytes32 }
  | { readonly kind: "refused"; readonly refusal: QueueRefusal };

/** What a queued task asks for. Pure. Its two hashes must be those of what is read, or no miner takes it. */
export function readQueued(
  { task, payload }: Pick<EnqueuedTask, "task" | "payload">,
  handed: HandedPrompt | undefined,
): ReadQueued {
  if (payload.kind === "cid" && handed === undefined) {
    return digestOfRequestCid(payload.data) === undefined
      ? refused("cid_unreadable", "The CID isn't that of one block of plain bytes by SHA-256: hand the prompt in.")
      : refused("cid_unfetched", "Nobody that this router asks gives what the CID names.");
  }
  if (payload.kind === "none" && handed === undefined) {
    return refused("prompt_awaited", "The client hasn't handed the prompt in.");
  }
  const prompt = payload.kind === "prompt" ? payload.data : (handed?.prompt ?? NOTHING);
  const params = payload.params.length > 0 ? payload.params : (handed?.params ?? NOTHING);
  if (keccak256(prompt) !== task.promptCommit) return refused("prompt_other", "The prompt isn't the task's.");
  if (keccak256(params) !== task.paramsHash) return refused("params_other", "The parameters aren't the task's.");
  const asked = tryRead(() => decodePrompt(prompt.subarray(SALT_BYTES)));
  const sampling = tryRead(() => decodeParams(params));
  if (asked === undefined) return refused("prompt_unreadable", "The prompt isn't in the network's encoding.");
  if (sampling === undefined) return refused("params_unreadable", "The parameters aren't in the network's encoding.");
  return withinTask(
    { modelId: task.modelId, prompt: asked, params: sampling },
    task,
    bytesToHex(prompt.subarray(0, SALT_BYTES)),
  );
}

function withinTask(request: InferenceRequest, { maxOut }: EnqueuedTask["task"], salt: Bytes32): ReadQueued {
  const { maxTokens }: SamplingParams = request.params;
  if (maxTokens <= maxOut) return { kind: "read", request, salt };
  return refused("max_out_below", `The parameters ask for ${maxTokens} tokens, the task pays for ${maxOut}.`);
}

function refused(code: QueueRefusal["code"], message: string): ReadQueued {
  return { kind: "refused", refusal: { code, message } };
}

/** Undefined for bytes that are no such thing: they are a stranger's. */
function tryRead<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

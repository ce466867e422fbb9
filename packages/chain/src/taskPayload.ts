import { requestCid } from "@cortensor/protocol";
import type { PayloadKind, TaskPayload } from "./sessionTask.js";

/** The contract's bound on a prompt in a transaction: salt ‖ encoded prompt. */
export const PROMPT_PAYLOAD_BYTES_MAX = 8_192;

const NOTHING = new Uint8Array(0);

/** Salt ‖ encoded prompt, and the encoded parameters, as they are hashed. */
export type TaskRequest = { readonly prompt: Uint8Array; readonly params: Uint8Array };

/** Where a request in the open goes: on chain as long as it fits, else by its CID. */
export function openPayloadKind({ prompt }: Pick<TaskRequest, "prompt">): Exclude<PayloadKind, "none"> {
  return prompt.length <= PROMPT_PAYLOAD_BYTES_MAX ? "prompt" : "cid";
}

/** What the chain is given of a request. Parameters are always small enough for it. */
export function taskPayload({ prompt, params }: TaskRequest, kind: PayloadKind): TaskPayload {
  switch (kind) {
    case "none":
      return { kind, data: NOTHING, params: NOTHING };
    case "cid":
      return { kind, data: requestCid(prompt), params };
    case "prompt":
      return { kind, data: prompt, params };
  }
}

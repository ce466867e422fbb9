import type { Bytes32, Envelope, SealedAsk, SealedAssignment, SealedEvent, SharedKey } from "@cortensor/protocol";
import type { Caller, InferOptions, Refusal } from "./gateway.js";

/** Tasks whose prompts the router can't read: see docs/SEALING.md. */
export type SealedDesk = {
  /** Admits, holds, waits for a miner and assigns it. Nothing runs before the client has sealed to it; unclaimed, it all lapses with the assignment. */
  assign(
    caller: Caller,
    ask: SealedAsk,
    options: InferOptions,
  ): Promise<
    | { readonly kind: "assigned"; readonly assigned: SealedAssignment }
    | { readonly kind: "refused"; readonly refusal: Refusal }
  >;
  /** Passes an envelope to its miner as it came. `resumed`: it is for the next miner of an answer that is already being streamed. */
  send(
    caller: Caller,
    sent: {
      readonly taskId: Bytes32;
      readonly envelope: Envelope;
      /** Its data key, shared out among the guards: where the answer may be audited by opening it. */
      readonly shared?: SharedKey;
    },
    options: { readonly signal: AbortSignal },
  ):
    | { readonly kind: "streaming"; readonly events: AsyncIterable<SealedEvent> }
    | { readonly kind: "resumed" }
    | { readonly kind: "unknown" }
    | { readonly kind: "refused"; readonly refusal: Refusal };
  /** Gives back an assignment that its client won't seal to, with the miner's place and the hold. False: there is none, or its envelope has come. */
  drop(caller: Caller, taskId: Bytes32): boolean;
};

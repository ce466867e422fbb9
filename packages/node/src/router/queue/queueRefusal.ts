import type { Refusal } from "@cortensor/api";

/** Why a queued task isn't assigned: the reasons of REST, and those that only the queue has. */
export type QueueRefusal = {
  readonly code:
    | Refusal["code"]
    | "cid_unfetched"
    | "cid_unreadable"
    | "prompt_awaited"
    | "prompt_other"
    | "prompt_unreadable"
    | "params_other"
    | "params_unreadable"
    | "max_out_below"
    | "too_few_posting"
    | "assign_failed"
    | "queue_full";
  readonly message: string;
};

import type { Caller, QueueGateway } from "@cortensor/api";
import type { QueueDesk } from "./queueDesk.js";

/** What a paying wallet may hand in, and read. Behind an API key stands a customer, who hasn't signed the task. */
export function createQueueGateway(desk: QueueDesk | undefined): QueueGateway {
  const isOwner = ({ keyHash }: Caller): boolean => keyHash === undefined;
  return {
    hand: async (caller, { taskId, ...handed }) => {
      if (desk === undefined || !isOwner(caller)) return { kind: "unknown" };
      return desk.hand(caller.account, taskId, handed);
    },
    request: async (digest) => desk?.request(digest),
    answers: async (caller, taskId) => {
      if (desk === undefined || !isOwner(caller)) return undefined;
      return desk.answers(caller.account, taskId);
    },
  };
}

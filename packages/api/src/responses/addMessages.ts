import { randomBytes } from "node:crypto";
import type { ChangedThread, DataOwner, ThreadItem } from "@cortensor/data";
import { type ChatMessage, PROMPT_MESSAGES_MAX } from "@cortensor/protocol";
import type { DataGateway } from "../files/dataGateway.js";
import { promptTooLong } from "../parsedRequest.js";

/** Messages with names of their own. */
export function toItems(messages: readonly ChatMessage[]): readonly ThreadItem[] {
  return messages.map(({ role, content }) => ({ id: `msg_${randomBytes(16).toString("hex")}`, role, content }));
}

/** Whether a conversation may be as long: as long as a prompt, for it is one. */
export function isTooLong(messages: readonly ChatMessage[]): boolean {
  return messages.length > PROMPT_MESSAGES_MAX || promptTooLong({ kind: "chat", messages }, "items") !== undefined;
}

/** Adds to a conversation what was said; it stays as it is where it would be too long for any model. */
export function addMessages(
  { desk }: Pick<DataGateway, "desk">,
  owner: DataOwner,
  id: string,
  messages: readonly ChatMessage[],
): Promise<ChangedThread> {
  return desk.threads.change(owner, id, ({ metadata, items }) => {
    const all = [...items, ...toItems(messages)];
    return isTooLong(all) ? undefined : { metadata, items: all };
  });
}

import {
  type ConversationState,
  type DataOwner,
  OWNER_CONVERSATION_BYTES_MAX,
  OWNER_CONVERSATIONS_MAX,
} from "@cortensor/data";
import { type ChatMessage, CodedError, PROMPT_MESSAGES_MAX } from "@cortensor/protocol";
import { invalidRequest, refusalError, unsupportedOption } from "../apiError.js";
import type { DataGateway } from "../files/dataGateway.js";
import { conversationNotFound, quotaReached, responseNotFound } from "../files/dataRoute.js";
import type { Caller } from "../gateway.js";
import { type ParsedRequest, promptTooLong, type RefusedRequest, refused } from "../parsedRequest.js";
import { addMessages } from "./addMessages.js";

/** What a request goes on from, and whether its answer may be gone on from. */
export type Memory = {
  readonly previous: string | undefined;
  /** The conversation that it is part of. */
  readonly conversation: string | undefined;
  readonly isStored: boolean;
  /** Whether the first message is this request's instructions alone: they aren't part of what was said. */
  readonly hasInstructions: boolean;
};

/**
 * Keeps an answer with all that was said before it, by its id, and adds it to its conversation, as it was asked. What couldn't be done is false: the answer is
 * good all the same.
 */
export type KeepAnswer = (answer: {
  readonly id: string;
  readonly text: string;
  readonly response: ConversationState["response"];
}) => Promise<{ readonly isStored: boolean; readonly isAdded: boolean }>;

export type Recalled =
  | { readonly kind: "recalled"; readonly parsed: ParsedRequest; readonly keep?: KeepAnswer }
  | RefusedRequest;

const ROOM = `${OWNER_CONVERSATIONS_MAX} kept responses and conversations, of ${OWNER_CONVERSATION_BYTES_MAX} bytes together`;

/** Puts what was said before into a request, and says how its answer is kept. Refused before anything is held. */
export async function recall(
  parsed: ParsedRequest,
  parts: { readonly data: DataGateway | undefined; readonly caller: Caller; readonly signal: AbortSignal },
): Promise<Recalled> {
  const { memory, request } = parsed;
  const { prompt } = request;
  if (memory === undefined || prompt.kind !== "chat") return { kind: "recalled", parsed };
  const { data, caller, signal } = parts;
  const param = paramOf(memory);
  if (data === undefined) return refused(unsupportedOption(param, "no conversation is kept here."));
  const whose = await data.ownerOf(caller);
  if (whose.kind === "refused") return refused(refusalError(whose.refusal));
  const { owner } = whose;
  if (memory.isStored && !(await data.desk.conversations.hasRoom(owner))) return refused(quotaReached(ROOM));
  const before = await readBefore(memory, { data, owner, signal });
  if (before.kind === "refused") return before;
  const from = memory.hasInstructions ? 1 : 0;
  const asked = prompt.messages.slice(from);
  const said = [...before.messages, ...asked];
  const joined = { ...prompt, messages: [...prompt.messages.slice(0, from), ...said] };
  if (joined.messages.length > PROMPT_MESSAGES_MAX)
    return refused(invalidRequest(`More than ${PROMPT_MESSAGES_MAX} messages.`, "context_length_exceeded", param));
  const long = promptTooLong(joined, param);
  if (long !== undefined) return refused(long);
  const recalled = { ...parsed, request: { ...request, prompt: joined } };
  const { conversation, isStored } = memory;
  if (!isStored && conversation === undefined) return { kind: "recalled", parsed: recalled };
  const keep: KeepAnswer = async ({ id, text, response }) => {
    const answer = { role: "assistant", content: text } as const;
    const state = { model: parsed.model, messages: [...said, answer], response };
    const isAdded =
      conversation === undefined ||
      (await done(async () => (await addMessages(data, owner, conversation, [...asked, answer])).kind === "changed"));
    const { conversations } = data.desk;
    const isKept = isStored && (await done(async () => (await conversations.keep(owner, id, state)) !== undefined));
    return { isStored: isKept, isAdded };
  };
  return { kind: "recalled", parsed: recalled, keep };
}

function paramOf({ previous, conversation }: Memory): "store" | "previous_response_id" | "conversation" {
  if (conversation !== undefined) return "conversation";
  return previous === undefined ? "store" : "previous_response_id";
}

/** What was said before a request. */
async function readBefore(
  { previous, conversation }: Memory,
  { data, owner, signal }: { readonly data: DataGateway; readonly owner: DataOwner; readonly signal: AbortSignal },
): Promise<{ readonly kind: "read"; readonly messages: readonly ChatMessage[] } | RefusedRequest> {
  const { conversations, threads } = data.desk;
  if (conversation !== undefined) {
    const thread = await threads.find(owner, conversation, signal);
    if (thread === undefined) return refused({ ...conversationNotFound(conversation), param: "conversation" });
    return { kind: "read", messages: thread.items.map(({ role, content }) => ({ role, content })) };
  }
  if (previous === undefined) return { kind: "read", messages: [] };
  const found = await conversations.find(owner, previous, signal);
  if (found === undefined) return refused({ ...responseNotFound(previous), param: "previous_response_id" });
  return { kind: "read", messages: found.state.messages };
}

/** Whether it could be done. */
async function done(work: () => Promise<boolean>): Promise<boolean> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CodedError) return false;
    throw error;
  }
}

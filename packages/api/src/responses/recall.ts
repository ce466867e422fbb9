import { type ConversationState, OWNER_CONVERSATION_BYTES_MAX, OWNER_CONVERSATIONS_MAX } from "@cortensor/data";
import { type ChatMessage, CodedError, PROMPT_MESSAGES_MAX } from "@cortensor/protocol";
import { invalidRequest, refusalError, unsupportedOption } from "../apiError.js";
import type { DataGateway } from "../files/dataGateway.js";
import { quotaReached, responseNotFound } from "../files/dataRoute.js";
import type { Caller } from "../gateway.js";
import { type ParsedRequest, promptTooLong, type RefusedRequest, refused } from "../parsedRequest.js";

/** What a request goes on from, and whether its answer may be gone on from. */
export type Memory = {
  readonly previous: string | undefined;
  readonly isStored: boolean;
  /** Whether the first message is this request's instructions alone: they aren't part of what was said. */
  readonly hasInstructions: boolean;
};

/** Keeps an answer with all that was said before it, by its id. False where it couldn't be kept: the answer is good all the same. */
export type KeepAnswer = (answer: {
  readonly id: string;
  readonly text: string;
  readonly response: ConversationState["response"];
}) => Promise<boolean>;

export type Recalled =
  | { readonly kind: "recalled"; readonly parsed: ParsedRequest; readonly keep?: KeepAnswer }
  | RefusedRequest;

const ROOM = `${OWNER_CONVERSATIONS_MAX} kept responses, of ${OWNER_CONVERSATION_BYTES_MAX} bytes together`;

/** Puts what was said before into a request, and says how its answer is kept. Refused before anything is held. */
export async function recall(
  parsed: ParsedRequest,
  parts: { readonly data: DataGateway | undefined; readonly caller: Caller; readonly signal: AbortSignal },
): Promise<Recalled> {
  const { memory, request } = parsed;
  const { prompt } = request;
  if (memory === undefined || prompt.kind !== "chat") return { kind: "recalled", parsed };
  const { data, caller, signal } = parts;
  const param = memory.previous === undefined ? "store" : "previous_response_id";
  if (data === undefined) return refused(unsupportedOption(param, "no conversation is kept here."));
  const whose = await data.ownerOf(caller);
  if (whose.kind === "refused") return refused(refusalError(whose.refusal));
  const { owner } = whose;
  const { conversations } = data.desk;
  if (memory.isStored && !(await conversations.hasRoom(owner))) return refused(quotaReached(ROOM));
  const found = memory.previous === undefined ? undefined : await conversations.find(owner, memory.previous, signal);
  if (memory.previous !== undefined && found === undefined)
    return refused({ ...responseNotFound(memory.previous), param });
  const from = memory.hasInstructions ? 1 : 0;
  const said = [...(found?.state.messages ?? []), ...prompt.messages.slice(from)];
  const joined = { ...prompt, messages: [...prompt.messages.slice(0, from), ...said] };
  if (joined.messages.length > PROMPT_MESSAGES_MAX)
    return refused(invalidRequest(`More than ${PROMPT_MESSAGES_MAX} messages.`, "context_length_exceeded", param));
  const long = promptTooLong(joined, param);
  if (long !== undefined) return refused(long);
  const recalled = { ...parsed, request: { ...request, prompt: joined } };
  if (!memory.isStored) return { kind: "recalled", parsed: recalled };
  const keep: KeepAnswer = async ({ id, text, response }) => {
    const messages: readonly ChatMessage[] = [...said, { role: "assistant", content: text }];
    try {
      return (await conversations.keep(owner, id, { model: parsed.model, messages, response })) !== undefined;
    } catch (error) {
      if (error instanceof CodedError) return false;
      throw error;
    }
  };
  return { kind: "recalled", parsed: recalled, keep };
}

import type { ChatMessage, Prompt } from "@cortensor/protocol";
import {
  type ChatHistoryItem,
  type LlamaModel,
  LlamaVocabularyType,
  resolveChatWrapper,
  type Token,
} from "node-llama-cpp";
import { EngineError } from "../engineError.js";

/** The plain ChatML template, spaces and quote style aside. */
const CHATML_TURN = "'<|im_start|>'+message['role']+'\\n'+message['content']+'<|im_end|>'+'\\n'";
const ROLE_OF = { system: "system", user: "user", assistant: "model" } as const;

/**
 * Turns prompts into exactly the tokens that are run. Text of users is tokenised without control tokens, so that no prompt can speak as the
 * template does.
 */
export function createPromptTokenizer(
  model: LlamaModel,
  chatTemplate: string | undefined,
): (prompt: Prompt) => readonly number[] {
  const begin = model.tokens.shouldPrependBosToken && model.tokens.bos !== null ? [model.tokens.bos] : [];
  const encodeText = plainTextEncoder(model);
  const encodeChat = isPlainChatml(chatTemplate) ? chatmlEncoder(model, encodeText) : templateEncoder(model);
  return (prompt) => {
    if (prompt.kind === "text") return [...begin, ...encodeText(prompt.text)];
    const tokens = encodeChat(prompt.messages);
    return tokens[0] === begin[0] ? tokens : [...begin, ...tokens];
  };
}

export function isPlainChatml(chatTemplate: string | undefined): boolean {
  const squeezed = (chatTemplate ?? "").replace(/\n/g, "\\n").replace(/[\s-]/g, "").replaceAll('"', "'");
  return squeezed.startsWith("{%formessageinmessages%}") && squeezed.includes(CHATML_TURN.replace(/\s/g, ""));
}

/** Text without control tokens. SentencePiece would put a space before it; behind a control token none belongs there. */
function plainTextEncoder(model: LlamaModel): (text: string) => Token[] {
  if (model.vocabularyType !== LlamaVocabularyType.spm) return (text) => model.tokenize(text, false);
  return (text) => model.tokenize(text, false, "trimLeadingSpace");
}

function chatmlEncoder(
  model: LlamaModel,
  encodeText: (text: string) => Token[],
): (messages: readonly ChatMessage[]) => Token[] {
  const start = controlToken(model, "<|im_start|>");
  const end = controlToken(model, "<|im_end|>");
  const newline = encodeText("\n");
  const roles = { system: encodeText("system\n"), user: encodeText("user\n"), assistant: encodeText("assistant\n") };
  return (messages) => {
    const turns = messages.flatMap(({ role, content }) => [
      start,
      ...roles[role],
      ...encodeText(content),
      end,
      ...newline,
    ]);
    return [...turns, start, ...roles.assistant];
  };
}

function controlToken(model: LlamaModel, text: string): Token {
  const [token, ...rest] = model.tokenize(text, true);
  if (token === undefined || rest.length > 0) {
    throw new EngineError({
      code: "ENGINE_MODEL_MALFORMED",
      why: `its template uses ${text}, which is no token of it`,
    });
  }
  return token;
}

/** Any other template, by the engine's own rendering. */
function templateEncoder(model: LlamaModel): (messages: readonly ChatMessage[]) => Token[] {
  const wrapper = resolveChatWrapper(model);
  return (messages) => {
    const chatHistory = messages.map(({ role, content }): ChatHistoryItem => {
      const type = ROLE_OF[role];
      return type === "model" ? { type, response: [content] } : { type, text: content };
    });
    const { contextText } = wrapper.generateContextState({
      chatHistory: [...chatHistory, { type: "model", response: [] }],
    });
    return contextText.tokenize(model.tokenizer);
  };
}

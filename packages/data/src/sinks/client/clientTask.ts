import type { Bytes32, Prompt } from "@cortensor/protocol";
import { canonicalJson } from "../record/canonicalJson.js";
import type { SinkContent, SinkTexts } from "../record/sinkRecord.js";

/** A task as the client that asks it knows it. */
export type ClientTask = {
  readonly taskId: Bytes32;
  readonly model: string;
  readonly prompt: Prompt;
  /** Wall time, milliseconds since 1970. */
  readonly askedAtMs: number;
};

/** The same once nothing more comes of it. */
export type EndedClientTask = ClientTask & {
  readonly text: string;
  /** The answer came to its end; else `text` is what came of it. */
  readonly isWhole: boolean;
  readonly answeredAtMs: number;
};

/** What is known of it should this process die before it ends. */
export function textsOfBegun({ model, askedAtMs }: ClientTask): SinkTexts {
  return { model, content: { kind: "lost" }, askedAtMs, answeredAtMs: askedAtMs };
}

export function textsOfEnded({ model, prompt, text, askedAtMs, answeredAtMs }: EndedClientTask): SinkTexts {
  const content: SinkContent = { kind: "whole", ...promptOf(prompt), result: text };
  return { model, content, askedAtMs, answeredAtMs };
}

function promptOf(prompt: Prompt): { readonly promptKind: "text" | "chat"; readonly prompt: string } {
  return prompt.kind === "text"
    ? { promptKind: "text", prompt: prompt.text }
    : { promptKind: "chat", prompt: canonicalJson(prompt.messages.map((message) => ({ ...message }))) };
}

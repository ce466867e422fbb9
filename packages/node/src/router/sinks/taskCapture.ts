import type { InferEvent } from "@cortensor/api";
import { canonicalJson, type SinkContent, type SinkTaskDraft } from "@cortensor/data";
import type { Bytes32, Prompt } from "@cortensor/protocol";

export type Asked = Prompt | { readonly kind: "texts"; readonly texts: readonly string[] };

export type TaskCaptureParts = {
  readonly session: Bytes32;
  readonly model: string;
  readonly askedAtMs: number;
  readonly asked: Asked;
  /** Its task is bound: it is to be found by it. */
  readonly onBound: (taskId: Bytes32, capture: TaskCapture) => void;
  readonly onDropped: (taskId: Bytes32) => void;
};

/** What a running task of a session with a sink asks and answers, until its receipt. As large as the task itself. */
export class TaskCapture {
  readonly #parts: TaskCaptureParts;
  readonly #words: string[] = [];
  #taskId: Bytes32 | undefined;

  constructor(parts: TaskCaptureParts) {
    this.#parts = parts;
  }

  bind(taskId: Bytes32): void {
    this.#taskId = taskId;
    this.#parts.onBound(taskId, this);
  }

  hear(event: InferEvent): void {
    if (event.kind === "text") this.#words.push(event.text);
  }

  /** Vectors in place of words. */
  hearVectors(vectors: readonly Float32Array[]): void {
    this.#words.push(canonicalJson(vectors.map(toBase64)));
  }

  /** It didn't begin. */
  drop(): void {
    if (this.#taskId !== undefined) this.#parts.onDropped(this.#taskId);
  }

  draft(taskId: Bytes32, nowMs: number): SinkTaskDraft {
    const { session, model, askedAtMs, asked } = this.#parts;
    const content: SinkContent = { kind: "whole", ...promptOf(asked), result: this.#words.join("") };
    return { taskId, session, model, content, askedAtMs, answeredAtMs: nowMs, keptAtMs: nowMs };
  }
}

function promptOf(asked: Asked): Pick<Extract<SinkContent, { kind: "whole" }>, "promptKind" | "prompt"> {
  switch (asked.kind) {
    case "text":
      return { promptKind: "text", prompt: asked.text };
    case "chat":
      return { promptKind: "chat", prompt: canonicalJson(asked.messages.map((message) => ({ ...message }))) };
    case "texts":
      return { promptKind: "texts", prompt: canonicalJson(asked.texts) };
  }
}

function toBase64(vector: Float32Array): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [at, value] of vector.entries()) bytes.writeFloatLE(value, at * 4);
  return bytes.toString("base64");
}

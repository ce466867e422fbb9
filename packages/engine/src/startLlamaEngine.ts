import type { Bytes32 } from "@cortensor/protocol";
import type { Engine } from "./engine.js";

export type LlamaEngineOptions = {
  readonly modelPath: string;
  /** Name clients use, e.g. `cortensor-5m`. */
  readonly model: string;
  /** Default: `modelRecordId` of the file's hash, chat template and quantisation. */
  readonly modelId?: Bytes32;
  /** Tokens of context per slot. Default 2,048, at most what the model was trained on. */
  readonly contextTokens?: number;
  /** Sequences run at once. Default 2. */
  readonly slots?: number;
  /** Default 1: more threads stall on machines with few cores. */
  readonly threads?: number;
  /** Default false: the CPU. A GPU needs its engine package installed. */
  readonly gpu?: false | "cuda" | "vulkan" | "metal";
  readonly signal?: AbortSignal;
};

/** A llama engine also says when its child process is gone, and how much memory it holds. */
export declare function startLlamaEngine(options: LlamaEngineOptions): Promise<Engine>;

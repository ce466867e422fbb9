import type { Prompt } from "@cortensor/protocol";
import type { Engine } from "./engine.js";

/** What a scripted engine says, how fast, and how it presents itself. */
export type EngineScript = {
  /** Name clients use; default `scripted`. */
  readonly model?: string;
  /** The answer at temperature 0. Must be a pure function; default: a fixed sentence that quotes the prompt's last words. */
  readonly reply?: (prompt: Prompt) => string;
  /** Output tokens a second of one sequence; absent: as fast as possible. */
  readonly tokensPerSecond?: number;
  /** Waits for pacing; default is a timer. */
  readonly sleep?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  readonly contextTokens?: number;
  readonly slots?: number;
};
export declare function createScriptedEngine(script?: EngineScript): Engine;

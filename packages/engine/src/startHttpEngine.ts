import type { Engine } from "./engine.js";

export type HttpEngineOptions = {
  /** Root of an OpenAI-compatible server, e.g. `http://127.0.0.1:8080/v1`. */
  readonly baseUrl: string;
  /** Model name sent upstream. */
  readonly upstreamModel: string;
  /** Name clients use; default: `upstreamModel`. */
  readonly model?: string;
  readonly apiKey?: string;
  readonly contextTokens?: number;
  readonly slots?: number;
  readonly canEmbed?: boolean;
  /** Whether the server continues a trailing assistant message, so that a hand-over can be taken. Default false. */
  readonly continuesAnswers?: boolean;
  /** Silence after which a request counts as broken. Default 30,000. */
  readonly silenceMs?: number;
};
export declare function startHttpEngine(options: HttpEngineOptions): Promise<Engine>;

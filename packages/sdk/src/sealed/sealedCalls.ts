import type { Deployment } from "@cortensor/chain";
import type { Prompt, SealSuite } from "@cortensor/protocol";
import type { Answer, AnswerEvent, AskMessages, AskOptions } from "../answers.js";
import { toMessages } from "../answers.js";
import type { BoundOptions } from "../askRouter.js";
import { boundsOf } from "../askRouter.js";
import type { Http } from "../http.js";
import type { KnownInfo } from "../knownInfo.js";
import { SdkError } from "../sdkError.js";
import type { SealedAsker } from "./askSealed.js";
import { createRandomBytes } from "./randomBytes.js";
import { recordAsk, type SealedRecorder } from "./sealedRecorder.js";

/** What a client says of all its asks; each may say otherwise. */
export type SealedDefaults = {
  /** `sealed`: prompts go to the miner chosen, readable by it alone. Default: open. */
  readonly privacy?: "open" | "sealed" | undefined;
  /** Default: `x25519`. No other is used in its place. */
  readonly suite?: SealSuite | undefined;
  /** Whether standbys may read too, and go on with an answer whose miner is lost. Default: no. */
  readonly standbys?: boolean | undefined;
  /** The network, whose chain vouches for miners' prekeys. Default: the wallet's. */
  readonly deployment?: Deployment | undefined;
  /** Where sealed asks are written down. Default: nowhere. */
  readonly recorder?: SealedRecorder | undefined;
};

export type SealedCalls = {
  isSealed(options: Pick<AskOptions, "privacy">): boolean;
  chat(messages: AskMessages, options: BoundOptions): AsyncGenerator<AnswerEvent, void, undefined>;
  complete(prompt: string, options: BoundOptions): AsyncGenerator<AnswerEvent, void, undefined>;
  /** Throws SDK_SEALED_UNSUPPORTED where the client seals what it asks: the call would show its text to the router. */
  requireOpen(what: string): void;
};

/** Sealed asks of one client. What they need is loaded by the first of them. */
export function createSealedCalls(
  defaults: SealedDefaults,
  parts: {
    readonly http: Http;
    readonly info: KnownInfo;
    readonly account: () => number | undefined;
    readonly nowMs: () => number;
  },
): SealedCalls {
  let asker: Promise<SealedAsker> | undefined;
  const open = async (deployment: Deployment): Promise<SealedAsker> => {
    const { SealedAsker } = await import("./askSealed.js");
    return new SealedAsker({ ...parts, deployment, randomBytes: createRandomBytes() });
  };
  async function* ask(prompt: Prompt, options: BoundOptions): AsyncGenerator<AnswerEvent, void, undefined> {
    const { deployment } = defaults;
    if (deployment === undefined) throw new SdkError({ code: "SDK_NEEDS", what: "deployment" });
    asker ??= open(deployment);
    const suite = options.suite ?? defaults.suite ?? "x25519";
    const info = await parts.info.having(({ id }) => id === options.model, boundsOf(options));
    const standbys = options.standbys ?? defaults.standbys ?? false;
    const bound = { ...options, suite, standbys, info };
    const sealing = await asker;
    const { recorder } = defaults;
    if (recorder === undefined) return yield* sealing.ask(prompt, bound);
    const asked = { model: options.model, prompt };
    yield* recordAsk({ recorder, asked, nowMs: parts.nowMs }, (onTask) => sealing.ask(prompt, { ...bound, onTask }));
  }
  return {
    isSealed: ({ privacy }) => (privacy ?? defaults.privacy) === "sealed",
    chat: (messages, options) => ask({ kind: "chat", messages: toMessages(messages) }, options),
    complete: (text, options) => ask({ kind: "text", text }, options),
    requireOpen: (option) => {
      if (defaults.privacy === "sealed") throw new SdkError({ code: "SDK_SEALED_UNSUPPORTED", option });
    },
  };
}

/** The whole answer of a stream. */
export async function wholeAnswer(events: AsyncIterable<AnswerEvent>): Promise<Answer> {
  for await (const event of events) {
    if (event.kind !== "end") continue;
    const { kind: _kind, ...answer } = event;
    return answer;
  }
  throw new SdkError({ code: "SDK_STREAM_CUT" }, { isRetryable: true });
}

import type { Deployment } from "@cortensor/chain";
import { type Address, AVOIDED_MAX, type Prompt, type SealAudit, type SealSuite } from "@cortensor/protocol";
import type { Answer, AnswerEvent, AskMessages, AskOptions } from "../answers.js";
import { toMessages } from "../answers.js";
import type { BoundOptions } from "../askRouter.js";
import { boundsOf } from "../askRouter.js";
import type { Http } from "../http.js";
import type { KnownInfo } from "../knownInfo.js";
import { SdkError } from "../sdkError.js";
import type { SealedAsker, SealedOptions } from "./askSealed.js";
import { type AnsweredCanary, type Canaries, CanaryDesk, type CanaryOptions } from "./canaryDesk.js";
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
  /** Default: `canary`, and on a private network `none`, unless its sessions have another. */
  readonly audit?: SealAudit | undefined;
  readonly canaries?: CanaryOptions | undefined;
  /** Default: the platform's. */
  readonly fetch?: typeof fetch | undefined;
  /** The network, whose chain vouches for miners' prekeys. Default: the wallet's. */
  readonly deployment?: Deployment | undefined;
  /** Where sealed asks are written down. Default: nowhere. */
  readonly recorder?: SealedRecorder | undefined;
};

export type SealedCalls = {
  isSealed(options: Pick<AskOptions, "privacy">): boolean;
  chat(messages: AskMessages, options: BoundOptions): AsyncGenerator<AnswerEvent, void, undefined>;
  complete(prompt: string, options: BoundOptions): AsyncGenerator<AnswerEvent, void, undefined>;
  readonly canaries: Canaries;
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
    /** Binds and pays for an ask. */
    readonly pay: <Value>(options: AskOptions, run: (bound: BoundOptions) => Promise<Value>) => Promise<Value>;
  },
): SealedCalls {
  const randomBytes = createRandomBytes();
  // A private network's plan says which modes its sessions may have: nothing is added to a session's own.
  const auditDefault = defaults.audit ?? (defaults.deployment?.isPrivate === true ? "none" : "canary");
  let asker: Promise<SealedAsker> | undefined;
  const open = async (deployment: Deployment): Promise<SealedAsker> => {
    const { SealedAsker } = await import("./askSealed.js");
    return new SealedAsker({ ...parts, deployment, randomBytes, fetch: defaults.fetch });
  };
  const opened = (): Promise<SealedAsker> => {
    const { deployment } = defaults;
    if (deployment === undefined) throw new SdkError({ code: "SDK_NEEDS", what: "deployment" });
    asker ??= open(deployment);
    return asker;
  };
  const canaries = new CanaryDesk({
    options: defaults.canaries ?? {},
    ...{ nowMs: parts.nowMs, randomBytes },
    ownerOf: async (miner) => (await opened()).ownerOf(miner),
    ask: (prompt, { model, maxTokens, avoid }) =>
      parts.pay({ model, maxTokens, temperature: 0, audit: "canary" }, (bound) => askCanary(prompt, bound, avoid)),
  });
  async function* run(
    prompt: Prompt,
    options: BoundOptions,
    more: Pick<SealedOptions, "affinityKey" | "onTask" | "onBegun" | "onAnswered"> & {
      readonly avoid?: readonly Address[];
    },
  ): AsyncGenerator<AnswerEvent, void, undefined> {
    const suite = options.suite ?? defaults.suite ?? "x25519";
    const standbys = options.standbys ?? defaults.standbys ?? false;
    const audit = options.audit ?? auditDefault;
    const avoid = [...new Set([...(more.avoid ?? []), ...(await canaries.avoided())])].slice(0, AVOIDED_MAX);
    const info = await parts.info.having(({ id }) => id === options.model, boundsOf(options));
    yield* (await opened()).ask(prompt, { ...options, ...more, suite, standbys, audit, avoid, info });
  }
  /** Its tags match no other's: a router sees no more of it than of any first question. */
  async function askCanary(prompt: Prompt, options: BoundOptions, avoid: readonly Address[]): Promise<AnsweredCanary> {
    let answered: AnsweredCanary | undefined;
    const onAnswered = (answer: AnsweredCanary): void => {
      answered = answer;
    };
    await wholeAnswer(run(prompt, options, { affinityKey: randomBytes(32), onAnswered, avoid }));
    if (answered === undefined) throw new SdkError({ code: "SDK_STREAM_CUT" });
    return answered;
  }
  async function* ask(prompt: Prompt, options: BoundOptions): AsyncGenerator<AnswerEvent, void, undefined> {
    const audit = options.audit ?? auditDefault;
    let booked: Promise<void> | undefined;
    const { model } = options;
    const onBegun = (maxTokens: number): void => {
      if (audit === "canary") booked = canaries.taskAsked({ model, prompt, maxTokens });
    };
    const { recorder } = defaults;
    if (recorder === undefined) yield* run(prompt, options, { onBegun });
    else {
      const recording = { recorder, asked: { model, prompt }, nowMs: parts.nowMs };
      yield* recordAsk(recording, (onTask) => run(prompt, options, { onBegun, onTask }));
    }
    await booked;
  }
  return {
    isSealed: ({ privacy }) => (privacy ?? defaults.privacy) === "sealed",
    chat: (messages, options) => ask({ kind: "chat", messages: toMessages(messages) }, options),
    complete: (text, options) => ask({ kind: "text", text }, options),
    canaries,
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

import {
  AnswerReader,
  affinityTags,
  canonicalParams,
  createSealContext,
  decodeAnswerOpening,
  decodeSealedFrame,
  decodeSignedPrekeyBundle,
  type Envelope,
  openAnswer,
  type Prompt,
  portableAead,
  type SamplingParams,
  type SealContext,
  type SealedAsk,
  type SealedAssignment,
  type SealedEvent,
  type SealSuite,
  type SharedKey,
  type StreamOpener,
  sealedTaskCommits,
  sealTask,
} from "@cortensor/protocol";
import { createRandomBytes32 } from "../src/index.js";
import { API_KEY, PARAMS, type TestRouter } from "./testNetwork.js";

const random = createRandomBytes32();
const bytes = (): Uint8Array => Uint8Array.from(Buffer.from(random().slice(2), "hex"));

type SealedByTest = {
  readonly envelope: Envelope;
  readonly context: SealContext;
  readonly standbys: readonly SealContext[];
  readonly dataKey: Uint8Array;
};

/** A client that seals, over a router's gateway, without the checks that the SDK makes. */
export class SealedClient {
  readonly #router: TestRouter;
  readonly #session = random();
  readonly #secret = { secret: random(), answerSecret: random() };
  readonly #prompt: Prompt;
  readonly #sampling: SamplingParams;
  readonly #apiKey: string;
  readonly #ids: number[] = [];
  readonly events: SealedEvent[] = [];
  text = "";
  /** Whether it seals to standbys too. */
  hasStandbys = false;
  /** Envelopes sealed. */
  sealedTimes = 0;

  constructor(router: TestRouter, text: string, sampling: Partial<SamplingParams> = {}, apiKey = API_KEY) {
    this.#router = router;
    this.#prompt = { kind: "text", text };
    this.#sampling = { ...PARAMS, ...sampling };
    this.#apiKey = apiKey;
  }

  get ids(): readonly number[] {
    return this.#ids;
  }

  get ask(): SealedAsk {
    return this.askBy("x25519");
  }

  askBy(suite: SealSuite): SealedAsk {
    const card = this.#router.gateway.models()[0];
    if (card === undefined) throw new Error("no model");
    const params = this.#params();
    const setup = { sessionKey: bytes(), modelId: card.modelId, filler: bytes() };
    const tags = affinityTags(setup, this.#prompt);
    const { secret } = this.#secret;
    const commits = sealedTaskCommits(suite, { secret, prompt: this.#prompt, params });
    return { model: card.id, suite, maxIn: 512, maxOut: this.#sampling.maxTokens, ...commits, affinity: [...tags] };
  }

  #params() {
    return canonicalParams(this.#sampling);
  }

  async caller() {
    const caller = await this.#router.gateway.authenticate(this.#apiKey);
    if (caller === undefined) throw new Error("the test key is unknown");
    return caller;
  }

  async assign(ask = this.ask, signal = new AbortController().signal) {
    return this.#router.gateway.sealed.assign(await this.caller(), ask, { signal });
  }

  async assigned(ask = this.ask): Promise<SealedAssignment> {
    const outcome = await this.assign(ask);
    if (outcome.kind === "refused") throw new Error(outcome.refusal.message);
    return outcome.assigned;
  }

  async seal(assigned: SealedAssignment, suite: SealSuite = "x25519"): Promise<SealedByTest> {
    const context = await this.#contextOf(assigned.miner, suite);
    const others = this.hasStandbys ? assigned.standbys : [];
    const standbys = await Promise.all(others.map((standby) => this.#contextOf(standby, suite)));
    this.sealedTimes += 1;
    const dataKey = bytes();
    const request = { ...this.#secret, prompt: this.#prompt, params: this.#params(), committed: this.#ids.slice() };
    const { taskId } = assigned.assignment;
    const task = { taskId, request, contexts: [context, ...standbys], dataKey, nonce: random(), aead: portableAead };
    return { envelope: sealTask(task), context, standbys, dataKey };
  }

  async #contextOf({ bundles: [bundle] }: SealedAssignment["miner"], suite: SealSuite): Promise<SealContext> {
    if (bundle === undefined) throw new Error("no bundle");
    const setup = { bundle: decodeSignedPrekeyBundle(bundle).bundle, session: this.#session };
    return createSealContext({ ...setup, suite });
  }

  async send(
    envelope: Envelope,
    taskId = envelope.taskId,
    {
      signal = new AbortController().signal,
      shared,
    }: { readonly signal?: AbortSignal; readonly shared?: SharedKey } = {},
  ) {
    const sent = { taskId, envelope, ...(shared === undefined ? {} : { shared }) };
    return this.#router.gateway.sealed.send(await this.caller(), sent, { signal });
  }

  /** Seals to the assignment's miner and reads to the end, sealing again when it is told to. */
  async answer(
    assigned: SealedAssignment,
    onEvent: (event: SealedEvent) => void = () => undefined,
    share?: (of: { readonly taskId: `0x${string}`; readonly dataKey: Uint8Array }) => Promise<SharedKey>,
  ): Promise<SealedEvent | undefined> {
    let sealed = await this.seal(assigned);
    const shared = await share?.({ taskId: sealed.envelope.taskId, dataKey: sealed.dataKey });
    const sent = await this.send(sealed.envelope, sealed.envelope.taskId, shared === undefined ? {} : { shared });
    if (sent.kind !== "streaming") throw new Error(sent.kind);
    let opener: StreamOpener | undefined;
    let reader = new AnswerReader();
    for await (const event of sent.events) {
      this.events.push(event);
      if (event.kind === "opening") {
        const opening = decodeAnswerOpening(event.opening);
        const opened = openAnswer(opening, { ...sealed, taskId: opening.taskId, aead: portableAead });
        if (opened.kind === "refused") throw new Error(opened.refusal);
        opener = opened.opener;
        reader = new AnswerReader();
      } else if (event.kind === "frame") {
        const opened = opener?.open(decodeSealedFrame(event.frame));
        if (opened?.kind !== "opened") throw new Error(opened?.refusal ?? "no opening");
        for (const part of reader.push(opened.data)) {
          if (part.kind === "end") continue;
          this.#ids.push(...part.ids);
          this.text += part.text;
        }
      } else if (event.kind === "reassigned") {
        sealed = await this.seal(event.assigned);
        if ((await this.send(sealed.envelope)).kind !== "resumed") throw new Error("not resumed");
      } else if (event.kind === "handedOver") {
        const { miner } = event.assigned.miner;
        const context = sealed.standbys.find((standby) => standby.miner === miner);
        if (context === undefined) throw new Error("nothing was sealed to it");
        sealed = { ...sealed, context };
      }
      onEvent(event);
    }
    return this.events.at(-1);
  }
}

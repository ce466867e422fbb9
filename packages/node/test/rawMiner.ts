import { createScriptedEngine } from "@cortensor/engine";
import {
  type Address,
  type Assignment,
  type Bytes32,
  CHECKPOINT_TOKENS,
  hashCheckpoint,
  hashResult,
  outCommit,
  type RecipeStep,
  type Result,
  recipeHash,
  registryDomain,
  tokenRootOf,
  utf8ToBytes,
  ZERO_BYTES32,
} from "@cortensor/protocol";
import { createMetrics, silentLogger, systemClock } from "@cortensor/runtime";
import {
  type Advertisement,
  type BodyReply,
  type CheckReply,
  connectLink,
  type FromMiner,
  type Link,
  type LinkStream,
  type Start,
} from "@cortensor/wire";
import { createLeafBatcher, createSignatureCounter } from "../src/index.js";
import { identityOf, introduce, onTearDown, PRICES, type TestRouter, untilOffered } from "./testNetwork.js";

/** What the test's answer is made of: token `n` is the number n, and says `tn `. */
export const tokenText = (position: number): string => `t${position} `;
export const N_IN = 3;

/** One task on a miner that does exactly what a test tells it, message by message. */
export class RawTask {
  readonly start: Start;
  readonly stream: LinkStream;
  readonly received: Parameters<Parameters<LinkStream["onMessage"]>[0]>[0][] = [];
  #made: number;
  #text = "";

  readonly #prove: (structHash: Bytes32, segment: Assignment) => void;

  constructor(start: Start, stream: LinkStream, prove: (structHash: Bytes32, segment: Assignment) => void) {
    this.start = start;
    this.stream = stream;
    this.#prove = prove;
    this.#made = start.committed.length;
    stream.onMessage((message) => this.received.push(message));
  }

  get assignment(): Assignment {
    return this.start.assignment;
  }

  send(message: FromMiner): void {
    this.stream.send(message);
  }

  accept(nIn = N_IN): this {
    this.send({ kind: "accepted", nIn });
    return this;
  }

  /** Tokens up to, not including, this position, with the checkpoints an honest miner sends. */
  tokensTo(end: number, textOf: (position: number) => string = tokenText): this {
    for (; this.#made < end; this.#made += 1) {
      const text = textOf(this.#made);
      this.#text += text;
      this.send({ kind: "tokens", from: this.#made, ids: [this.#made], text });
      if ((this.#made + 1) % CHECKPOINT_TOKENS === 0) this.checkpoint(this.#made + 1);
    }
    return this;
  }

  checkpoint(position: number): void {
    const { taskId, miner, replica, segment } = this.assignment;
    const tokenRoot = tokenRootOf(ids(position));
    const checkpoint = { taskId, miner, replica, segment, position, tokenRoot };
    this.send({ kind: "checkpoint", checkpoint });
    this.#prove(hashCheckpoint(checkpoint), this.assignment);
  }

  /** An honest result over what was made. */
  result(): Result {
    const { taskId, miner, replica, segment, from, kernelClass } = this.assignment;
    return {
      taskId,
      miner,
      replica,
      segment,
      from,
      to: this.#made,
      tokenRoot: tokenRootOf(ids(this.#made)),
      fpRoot: ZERO_BYTES32,
      recipeHash: recipeHash(RECIPE),
      outCommit: outCommit(taskId, utf8ToBytes(this.#text)),
      nIn: N_IN,
      nOut: this.#made - from,
      finish: "stop",
      kernelClass,
      tFirstMs: 0,
      tTotalMs: 0,
    };
  }

  finish(change: Partial<Result> = {}, message: Partial<Extract<FromMiner, { kind: "result" }>> = {}): Result {
    const result = { ...this.result(), ...change };
    this.#prove(hashResult(result), this.assignment);
    this.send({ kind: "result", result, recipe: RECIPE, finish: result.finish, text: "", ...message });
    return result;
  }
}

const RECIPE: readonly RecipeStep[] = [{ kind: "prefill", tokens: N_IN }];
const ids = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

export type RawMiner = {
  readonly address: Address;
  readonly link: Link;
  readonly tasks: readonly RawTask[];
  readonly advertisement: Advertisement;
  /** Signs what waits, now. */
  sign(): void;
  advertise(change: Partial<Advertisement>): void;
};

/** A registered miner over a real link, whose work is `onTask`. */
export async function startRawMiner(
  router: TestRouter,
  options: {
    readonly name: string;
    readonly onTask: (task: RawTask) => void;
    readonly offer?: Partial<Advertisement["models"][number]>;
    readonly capacity?: number;
    /** False: its checkpoints and results never stand in a signed batch. */
    readonly proves?: boolean;
    readonly stakeWei?: bigint;
    /** What it shows when it is asked for a body. Default: nothing. */
    readonly shows?: (address: Bytes32) => BodyReply;
    /** What it says of other miners' results. Default: that it has no time. */
    readonly checks?: CheckReply;
  },
): Promise<RawMiner> {
  const { name, onTask, proves = true } = options;
  const address = introduce([router], name, { stakeWei: options.stakeWei, kernelClass: options.offer?.kernelClass });
  const identity = identityOf(name, createSignatureCounter(createMetrics()));
  const link = await connectLink({
    url: router.wireUrl,
    identity: identity.node,
    expectPeer: { role: "router" },
    authorise: () => Promise.resolve({ kind: "granted", owner: address }),
    signal: new AbortController().signal,
    clock: systemClock,
    log: silentLogger,
  });
  onTearDown(() => link.close("done"));
  const batcher = createLeafBatcher({
    signer: identity.signer,
    domain: registryDomain(identity.node),
    clock: systemClock,
    log: silentLogger,
    onNotice: (_peer, notice) => link.notify("batch", notice),
    delayMs: 1,
  });
  onTearDown(() => batcher.close());
  const engine = createScriptedEngine().describe();
  const model = {
    model: engine.model,
    modelId: engine.modelId,
    quantisation: engine.quantisation,
    kernelClass: engine.kernelClass,
    contextTokens: engine.contextTokens,
    tokensPerSecond: 1_000,
    sequences: 1_000,
    canEmbed: false,
    canScore: true,
    ...PRICES,
    ...options.offer,
  };
  const advertisement = { models: [model], capacity: options.capacity ?? 1_000, running: 0, queued: 0 };
  const tasks: RawTask[] = [];
  const prove = (structHash: Bytes32, { taskId, replica, segment }: Assignment): void => {
    const key = `${taskId}.${replica}.${segment}`;
    if (proves) batcher.add({ structHash, key, peer: router.identity.signer.address });
  };
  link.onStream((stream, first) => {
    if (first.kind === "showBody") {
      stream.send(options.shows?.(first.address) ?? { kind: "noBody" });
      stream.end();
    }
    if (first.kind === "check") {
      stream.send(options.checks ?? { kind: "checkDeclined", code: "busy" });
      stream.end();
    }
    if (first.kind !== "start") return;
    const task = new RawTask(first, stream, prove);
    tasks.push(task);
    onTask(task);
  });
  link.notify("advertisement", advertisement);
  await untilOffered(router, address);
  return {
    address,
    link,
    tasks,
    advertisement,
    sign: () => batcher.flush(),
    advertise: (change) => link.notify("advertisement", { ...advertisement, ...change }),
  };
}

/** An honest answer of this many tokens. */
export function honest(tokens: number): (task: RawTask) => void {
  return (task) => {
    task.accept().tokensTo(tokens).finish();
  };
}

/** What an answer of this many tokens says. */
export function answerText(tokens: number): string {
  return ids(tokens).map(tokenText).join("");
}

import type { Caller, EmbedOutcome, Gateway, InferOptions, Refusal } from "@cortensor/api";
import { type Address, type Bytes32, feeWei, type Payout } from "@cortensor/protocol";
import { type Admitted, admit } from "./admit.js";
import { chooseMiner, type Misfit, waitMs } from "./chooseMiner.js";
import { closeTask } from "./closeTask.js";
import type { SeatOffer } from "./minerSeat.js";
import { assignmentOf, planEmbedding, sizeOfTexts, type TaskPlan } from "./planTask.js";
import { noMinerRefusal } from "./refusals.js";
import type { RouterCore } from "./routerCore.js";
import { Segment, type SegmentEnd } from "./segment.js";
import { TokenLog } from "./tokenLog.js";

/** Miners asked for the vectors of one request. */
const ATTEMPTS_MAX = 4;

type Asked = {
  readonly caller: Caller;
  readonly texts: readonly string[];
  readonly options: InferOptions;
  readonly admitted: Admitted;
};
type Vectors = { readonly vectors: readonly Float32Array[]; readonly nIn: number };
type Attempt =
  | { readonly kind: "vectors"; readonly made: Vectors; readonly structHash: Bytes32 }
  | { readonly kind: "failed"; readonly reason: string };

/** Serves vectors. Nothing is handed over: another miner begins anew, and only the one that finishes is paid. */
export function createEmbed(core: RouterCore): Gateway["embed"] {
  return async (caller, { model, texts }, options) => {
    const card = core.board.cards.find(({ id, canEmbed }) => id === model && canEmbed);
    const entry = card === undefined ? undefined : core.board.modelOf(card.modelId);
    const admitted = await admit(core, { caller, entry, sizeOf: (known) => sizeOfTexts(texts, known) });
    if (admitted.kind === "refused") return refused(core, admitted.refusal);
    const plan = planOf(core, { caller, texts, options, admitted });
    return runAttempts(core, plan, { caller, texts, options, admitted });
  };
}

function planOf(core: RouterCore, { caller, texts, options, admitted }: Asked): TaskPlan {
  const { time, clock, config } = core;
  return planEmbedding(texts, admitted.size, {
    caller,
    session: admitted.session,
    seq: core.sessions.nextSequence(caller.account),
    salt: core.randomBytes32(),
    userNonce: options.userNonce ?? core.randomBytes32(),
    entry: admitted.entry,
    epoch: time.epoch(),
    nowMs: clock.nowMs(),
    deadline: time.chainSeconds() + Math.ceil(config.taskTimeoutMs / 1_000),
  });
}

async function runAttempts(core: RouterCore, plan: TaskPlan, asked: Asked): Promise<EmbedOutcome> {
  const { options, admitted } = asked;
  const excluded = new Set<Address>();
  let misfit: Misfit | undefined;
  for (let attempt = 0; attempt < ATTEMPTS_MAX && !options.signal.aborted; attempt += 1) {
    const choice = choose(core, admitted, excluded);
    if (choice.kind === "none") {
      misfit = choice.reason;
      break;
    }
    excluded.add(choice.offer.miner);
    const outcome = await runSegment(core, plan, { ...asked, offer: choice.offer });
    if (outcome.kind === "failed") {
      core.log.info("Embedding failed at a miner", { taskId: plan.taskId, reason: outcome.reason });
      continue;
    }
    close(core, plan, { holdId: admitted.holdId, offer: choice.offer, attempt: outcome });
    return { kind: "vectors", taskId: plan.taskId, ...outcome.made };
  }
  core.tasks.remove(plan.taskId);
  core.books.release(admitted.holdId, 0n);
  const isUntried = excluded.size === 0;
  if (isUntried && misfit !== undefined)
    return refused(core, noMinerRefusal(misfit, admitted.entry.offers.map(waitMs)));
  return refused(core, { code: "miner_failed", message: "No miner could make the vectors." });
}

function choose(core: RouterCore, { size, entry }: Admitted, excluded: ReadonlySet<Address>) {
  const offers = (core.board.modelOf(entry.card.modelId)?.offers ?? []).filter(({ model }) => model.canEmbed);
  const { weiPerTokenIn, weiPerTokenOut } = entry.card;
  return chooseMiner(
    {
      tokensMin: 1,
      weiPerTokenInMax: weiPerTokenIn,
      weiPerTokenOutMax: weiPerTokenOut,
      feeCapWei: size.feeCapWei,
      excluded,
    },
    { offers, rules: core.rules, random: core.random },
  );
}

function runSegment(core: RouterCore, plan: TaskPlan, parts: Asked & { readonly offer: SeatOffer }): Promise<Attempt> {
  const { offer, texts, options, admitted } = parts;
  const { config, clock, time, batcher } = core;
  const assignment = assignmentOf(plan, {
    miner: offer.miner,
    kernelClass: offer.kernelClass,
    segment: 0,
    from: 0,
    weiPerTokenIn: offer.weiPerTokenIn,
    weiPerTokenOut: offer.weiPerTokenOut,
    nowSeconds: time.chainSeconds(),
  });
  return new Promise((resolve) => {
    let made: Vectors | undefined;
    const onAbort = (): void => segment.giveUp("failed");
    const finish = (end: SegmentEnd): void => {
      options.signal.removeEventListener("abort", onAbort);
      resolve(toAttempt(core, offer, { end, made, texts: texts.length }));
    };
    const segment = new Segment({
      offer,
      assignment,
      load: { tokensAhead: 1, feeCapWei: admitted.size.feeCapWei },
      tokens: new TokenLog(),
      limits: { ...limitsOf(config), maxIn: admitted.size.maxIn, maxOut: 0 },
      nIn: undefined,
      nowMs: () => clock.nowMs(),
      addLeaf: ({ structHash, key, seat }) => batcher.add({ structHash, key, peer: seat.miner }),
      onTokens: () => undefined,
      onVectors: ({ vectors, tokens }) => {
        made = { vectors, nIn: tokens };
      },
      outputBytes: () => vectorBytes(made?.vectors ?? []),
      onEnd: finish,
    });
    core.tasks.add(plan.taskId, {
      sweep: (nowMs) => (nowMs >= segment.dueMs ? segment.giveUp("silent") : undefined),
      giveUp: () => segment.giveUp("failed"),
    });
    options.signal.addEventListener("abort", onAbort, { once: true });
    segment.start({ kind: "startEmbedding", task: plan.task, assignment, texts, promptSalt: plan.promptSalt });
  });
}

/** A miner counts an embedding's tokens with the work, so acceptance comes as late as the vectors. */
function limitsOf({ firstTokenTimeoutMs, silenceTimeoutMs }: RouterCore["config"]) {
  return { acceptTimeoutMs: firstTokenTimeoutMs, firstTokenTimeoutMs, silenceTimeoutMs };
}

function toAttempt(
  core: RouterCore,
  { seat }: SeatOffer,
  { end, made, texts }: { readonly end: SegmentEnd; readonly made: Vectors | undefined; readonly texts: number },
): Attempt {
  if (end.kind === "refused") return { kind: "failed", reason: end.code };
  if (end.kind === "lost") {
    if (end.conduct !== undefined) core.scores.record(seat.miner, end.conduct);
    return { kind: "failed", reason: end.reason };
  }
  if (made === undefined || made.nIn !== end.message.result.nIn || !areVectors(made.vectors, texts)) {
    core.scores.record(seat.miner, "bad");
    return { kind: "failed", reason: "badVectors" };
  }
  core.scores.record(seat.miner, "good");
  seat.results.expect(end.structHash, core.clock.nowMs());
  return { kind: "vectors", made, structHash: end.structHash };
}

/** One vector for each text, all of one length, all finite. */
function areVectors(vectors: readonly Float32Array[], texts: number): boolean {
  const length = vectors[0]?.length ?? 0;
  if (vectors.length !== texts || length === 0) return false;
  return vectors.every((vector) => vector.length === length && vector.every(Number.isFinite));
}

/** What an embedding's `outCommit` covers: the vectors one after the other, 32-bit floats, little-endian. */
function vectorBytes(vectors: readonly Float32Array[]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(vectors.reduce((sum, vector) => sum + vector.length * 4, 0)));
  let offset = 0;
  for (const vector of vectors) {
    for (const value of vector) {
      bytes.setFloat32(offset, value, true);
      offset += 4;
    }
  }
  return new Uint8Array(bytes.buffer);
}

function close(
  core: RouterCore,
  plan: TaskPlan,
  parts: {
    readonly holdId: number;
    readonly offer: SeatOffer;
    readonly attempt: Extract<Attempt, { kind: "vectors" }>;
  },
): void {
  const { seat, weiPerTokenIn, weiPerTokenOut } = parts.offer;
  const { nIn } = parts.attempt.made;
  const wei = feeWei({ weiPerTokenIn, weiPerTokenOut, nIn, nOut: 0 });
  const payee = { miner: seat.miner, replica: 0, segment: 0, from: 0, to: 0, wei };
  const payout: Payout = { payees: [payee], feeWei: wei, paidIn: nIn, paidOut: 0 };
  const results = [parts.attempt.structHash];
  const outcome = { plan, finish: "stop", payout, results, miners: [seat], lastMiner: seat.miner } as const;
  closeTask(core, outcome, parts.holdId);
}

function refused(core: RouterCore, refusal: Refusal): EmbedOutcome {
  core.metrics.refusals.add({ code: refusal.code });
  return { kind: "failed", refusal };
}

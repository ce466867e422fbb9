import type {
  Assignment,
  Bytes32,
  Checkpoint,
  FingerprintedToken,
  FinishReason,
  RecipeStep,
  Result,
} from "@cortensor/protocol";
import { CHECKPOINT_TOKENS, encodeFingerprint, sealedRootStart, TokenRoot } from "@cortensor/protocol";
import { buildResult } from "./buildResult.js";

export type MadeToken = FingerprintedToken & { readonly text: string };

/** What one miner made of one replica, as it grows: ids, text, fingerprints, and the root at each checkpoint. */
export class SegmentRecord {
  readonly #assignment: Assignment;
  readonly #nIn: number;
  readonly #root: TokenRoot;
  readonly #answerSalt: Bytes32 | undefined;
  readonly #tokens: MadeToken[] = [];
  readonly #roots = new Map<number, Bytes32>();
  readonly #startRoot: Bytes32;
  readonly #startMs: number;
  /** First position that this miner made itself. */
  readonly madeFrom: number;
  #firstMs: number | undefined;
  #lastMs: number;

  constructor(parts: {
    readonly assignment: Assignment;
    readonly committed: readonly number[];
    readonly nIn: number;
    readonly startMs: number;
    /** Of a sealed answer: what its commitments are salted with. */
    readonly answerSalt?: Bytes32 | undefined;
  }) {
    const { answerSalt } = parts;
    this.#answerSalt = answerSalt;
    this.#root = answerSalt === undefined ? new TokenRoot() : new TokenRoot(sealedRootStart(answerSalt));
    this.#assignment = parts.assignment;
    this.#nIn = parts.nIn;
    this.#startMs = parts.startMs;
    this.#lastMs = parts.startMs;
    const { from } = parts.assignment;
    for (const id of parts.committed.slice(0, from)) this.#root.push(id);
    this.#startRoot = this.#root.root();
    for (const id of parts.committed.slice(from)) this.#root.push(id);
    this.madeFrom = parts.committed.length;
  }

  /** Output tokens of the replica so far. */
  get position(): number {
    return this.#root.position;
  }

  get tFirstMs(): number {
    return (this.#firstMs ?? this.#lastMs) - this.#startMs;
  }

  /** Takes the next token. Gives a checkpoint every 32 tokens. */
  push(token: MadeToken, nowMs: number): Checkpoint | undefined {
    this.#firstMs ??= nowMs;
    this.#lastMs = nowMs;
    this.#root.push(token.id);
    this.#tokens.push(token);
    return this.position % CHECKPOINT_TOKENS === 0 ? this.checkpoint() : undefined;
  }

  /** The position and root now. */
  checkpoint(): Checkpoint {
    const { taskId, miner, replica, segment } = this.#assignment;
    const tokenRoot = this.#root.root();
    this.#roots.set(this.position, tokenRoot);
    return { taskId, miner, replica, segment, position: this.position, tokenRoot };
  }

  /** Where the segment begins: nothing of it is made, and none is owed for it. */
  startCheckpoint(): Checkpoint {
    const { taskId, miner, replica, segment, from } = this.#assignment;
    return { taskId, miner, replica, segment, position: from, tokenRoot: this.#startRoot };
  }

  /** Whether these are this segment's words about a position that it has a checkpoint of. */
  hasCheckpoint({ taskId, miner, replica, segment, position, tokenRoot }: Checkpoint): boolean {
    const own = this.#assignment;
    const isOwn = taskId === own.taskId && miner === own.miner && replica === own.replica && segment === own.segment;
    return isOwn && this.#roots.get(position) === tokenRoot;
  }

  /** The checkpoint at a position, if one was made there. */
  checkpointAt(position: number): Checkpoint | undefined {
    const tokenRoot = this.#roots.get(position);
    if (tokenRoot === undefined) return undefined;
    const { taskId, miner, replica, segment } = this.#assignment;
    return { taskId, miner, replica, segment, position, tokenRoot };
  }

  /** The fingerprint of what this miner made up to a position: what its result's `fpRoot` stands for. */
  fingerprintTo(position: number): Uint8Array {
    return encodeFingerprint(this.#madeTo(position));
  }

  /** What the tokens said as text, without what was held back. */
  get text(): string {
    return this.#tokens.map(({ text }) => text).join("");
  }

  /** The result of everything that was made. */
  finish(end: { finish: FinishReason; recipe: readonly RecipeStep[]; text: string }): Result {
    return this.#build({ ...end, to: this.position, tokenRoot: this.#root.root() });
  }

  /** The result of a segment that was cut off: only what was acknowledged counts. */
  cutAt(position: number, recipe: readonly RecipeStep[]): Result {
    const tokenRoot = this.#roots.get(position) ?? this.#root.root();
    return this.#build({ finish: "abort", recipe, text: "", to: position, tokenRoot });
  }

  #madeTo(position: number): readonly MadeToken[] {
    return this.#tokens.slice(0, Math.max(0, position - this.madeFrom));
  }

  #build(end: {
    finish: FinishReason;
    recipe: readonly RecipeStep[];
    text: string;
    to: number;
    tokenRoot: Bytes32;
  }): Result {
    const tokens = this.#madeTo(end.to);
    return buildResult({
      assignment: this.#assignment,
      nIn: this.#nIn,
      to: end.to,
      tokenRoot: end.tokenRoot,
      tokens,
      text: tokens.map(({ text }) => text).join("") + end.text,
      recipe: end.recipe,
      finish: end.finish,
      tFirstMs: this.tFirstMs,
      tTotalMs: this.#lastMs - this.#startMs,
      answerSalt: this.#answerSalt,
    });
  }
}

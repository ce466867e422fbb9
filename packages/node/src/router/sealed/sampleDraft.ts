import {
  type Envelope,
  encodeEnvelope,
  openingThreshold,
  type RecipeStep,
  type Result,
  SAMPLE_BYTES_MAX,
  type SealedEvent,
  type SealedSample,
  type SharedKey,
  type Task,
} from "@cortensor/protocol";

type Kept = Pick<SealedSample, "shared" | "envelope"> & {
  readonly handed: SealedSample["handed"];
  opening: Uint8Array | undefined;
  frames: Uint8Array[];
};

/** What a miner signed of its part, and the recipe that it names. */
export type FinishedSample = { readonly result: Result; readonly recipe: readonly RecipeStep[] };

/** What passes of a sealed task that may be opened later, until its end: the last envelope, and the frames that answered it, by whomever it was handed over to. */
export class SampleDraft {
  readonly #task: Task;
  #kept: Kept | undefined;
  #bytes = 0;
  #segments = 0;
  #opening: { readonly guards: number; readonly threshold: number } | undefined;

  constructor(task: Task) {
    this.#task = task;
  }

  /** An envelope was taken. What a miner before this one said is in it, as tokens. */
  begin(envelope: Envelope, shared: SharedKey): void {
    const bytes = encodeEnvelope(envelope);
    this.#kept = { shared, envelope: bytes, handed: [], opening: undefined, frames: [] };
    this.#bytes = bytes.length;
    this.#segments += 1;
    this.#opening = { guards: shared.shares.length, threshold: shared.threshold };
  }

  take(event: SealedEvent): void {
    const kept = this.#kept;
    if (kept === undefined) return;
    if (event.kind === "opening") kept.opening = event.opening;
    if (event.kind === "handedOver") this.#handOver(kept);
    if (event.kind !== "frame") return;
    this.#bytes += event.frame.length;
    // Beyond it nobody will open it: what is held for it goes at once.
    if (this.#bytes > SAMPLE_BYTES_MAX) this.#kept = undefined;
    else kept.frames.push(event.frame);
  }

  /** A standby goes on: what comes next is that one's. */
  #handOver(kept: Kept): void {
    const { opening, frames } = kept;
    if (opening !== undefined && frames.length > 0) kept.handed.push({ opening, frames });
    kept.opening = undefined;
    kept.frames = [];
    this.#segments += 1;
  }

  /** How many guards the key was shared out among, and how many open it. */
  get opening(): { readonly guards: number; readonly threshold: number } | undefined {
    return this.#opening;
  }

  /** The whole of an answered task; undefined where it grew too large. */
  finish({ result, recipe }: FinishedSample): SealedSample | undefined {
    const kept = this.#kept;
    this.#kept = undefined;
    if (kept?.opening === undefined) return undefined;
    return { ...kept, opening: kept.opening, task: this.#task, result, recipe: [...recipe], segments: this.#segments };
  }
}

/** What is wrong with a key that came beside an envelope, as far as a router can tell. */
export function sharedFault(
  envelope: Pick<Envelope, "taskId">,
  shared: SharedKey | undefined,
  mayOpen: boolean,
): "noShares" | "shares" | "badShares" | undefined {
  if (shared === undefined) return mayOpen ? "noShares" : undefined;
  if (!mayOpen) return "shares";
  const { taskId, threshold, shares } = shared;
  return taskId === envelope.taskId && threshold === openingThreshold(shares.length) ? undefined : "badShares";
}

import type { CaseDesk } from "@cortensor/api";
import { ChainError } from "@cortensor/chain";
import type { AccusedSegment } from "@cortensor/proof";
import {
  type Bytes32,
  bytesToHex,
  type DisputedResult,
  disputedResultOf,
  type Eip712Domain,
  hashResult,
  hashTask,
  setEntryId,
  type UnixSeconds,
} from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import {
  encodeEvidence,
  isSeated,
  keepFirst,
  keyNumber,
  parseEvidence,
  type RecordStore,
  removeBelow,
  type TaskEvidence,
  toEvidence,
} from "../host/index.js";
import type { DutySource } from "./dutySource.js";
import type { ValidatorMetrics } from "./metrics.js";
import { type Accusation, nextAccusations } from "./nextAccusations.js";
import type { ValidatorChain } from "./validatorChain.js";

/** Results of one task that are accused; a cheat that made more of them is judged by these. */
const ACCUSED_MAX = 4;
/** Accusations that are kept at once: what a validator may have judged in a day, and as many again. */
const KEPT_MAX = 256;
/** Epochs of which they are kept: longer than any dispute goes on, in production. */
const EPOCHS_KEPT = 576;
/** A task's results may be disputed so long after its deadline. */
const DISPUTE_SECONDS = 86_400;

export type AccusationParts = {
  readonly store: RecordStore;
  readonly chain: Pick<
    ValidatorChain,
    "chainId" | "guards" | "findDispute" | "readDispute" | "readCanDispute" | "dispute"
  >;
  readonly source: Pick<DutySource, "plantsOf">;
  readonly self: `0x${string}`;
  /** Of attestations, under which judges sign. */
  readonly domain: Eip712Domain;
  /** The Registry's, under which miners and routers sign. */
  readonly nodeDomain: Eip712Domain;
  readonly metrics: Pick<ValidatorMetrics, "disputes">;
  readonly log: Logger;
};

type Kept = { readonly key: string; readonly epoch: number; readonly resultHash: Bytes32 };

/** What a validator found wrong: it is on the disk with all that shows it, has it judged by others once that tells nobody what to find, and shows it to them. */
export class Accusations {
  readonly #parts: AccusationParts;
  readonly #prefix: string;
  /** Over, in this process's time. */
  readonly #over = new Set<Bytes32>();
  /** Planted tasks of the epochs with an accusation that isn't over: read once, since what may be opened then stands. */
  readonly #plants = new Map<number, ReadonlySet<Bytes32>>();

  constructor(parts: AccusationParts) {
    this.#parts = parts;
    this.#prefix = `accusation.${parts.self}.${parts.chain.chainId}.${parts.chain.guards}.`;
  }

  /** Keeps what shows the accused results. One whose miner's signature isn't shown can't be disputed, and isn't kept. */
  async keep(
    epoch: number,
    { accused, evidence }: { readonly accused: readonly AccusedSegment[]; readonly evidence: TaskEvidence },
  ): Promise<void> {
    const { store, log } = this.#parts;
    for (const one of accused.slice(0, ACCUSED_MAX)) {
      const resultHash = resultOf(evidence, one);
      if (resultHash === undefined || disputedIn(evidence, resultHash) === undefined) {
        log.warn("A wrong result can't be disputed: its miner's signature isn't shown", { miner: one.miner });
        continue;
      }
      if (this.#list().length >= KEPT_MAX) return;
      await keepFirst(store, `${this.#prefix}${keyNumber(epoch)}.${resultHash}`, encodeEvidence(evidence));
    }
    await removeBelow(store, this.#prefix, Math.max(0, epoch - EPOCHS_KEPT));
  }

  /**
   * Has judged by others what was found in epochs up to one: those whose verdicts are shown, and whose planted results are opened. What was planted is nobody's cheat. While
   * nobody can say what was planted in an epoch, its accusations wait.
   */
  async open(upToEpoch: number, nowSeconds: UnixSeconds, signal: AbortSignal): Promise<void> {
    const { chain, self } = this.#parts;
    const due = this.#list().filter(({ epoch, resultHash }) => epoch <= upToEpoch && !this.#over.has(resultHash));
    if (due.length === 0) return;
    const disputed = new Map<Bytes32, DisputedResult>();
    const accusations: Accusation[] = [];
    await this.#readPlants(new Set(due.map(({ epoch }) => epoch)), signal);
    for (const { key, epoch, resultHash } of due) {
      const planted = this.#plants.get(epoch);
      if (planted === undefined) continue;
      const shown = this.#read(key);
      const found = shown && disputedIn(shown, resultHash);
      if (found === undefined) continue;
      disputed.set(resultHash, found);
      const untilSeconds = found.task.deadline + DISPUTE_SECONDS;
      const isPlanted = planted.has(setEntryId(hashTask(found.task)));
      accusations.push({ resultHash, untilSeconds, isPlanted, dispute: await chain.findDispute(resultHash) });
    }
    const next = nextAccusations({ self, nowSeconds, accusations });
    for (const resultHash of next.over) this.#over.add(resultHash);
    for (const resultHash of next.open) await this.#dispute(resultHash, disputed.get(resultHash));
  }

  /** Shows what it accuses to who sits in the dispute. */
  get cases(): CaseDesk {
    const { chain, domain } = this.#parts;
    return {
      find: async (query) => {
        const kept = this.#list().find(({ resultHash }) => resultHash === query.resultHash);
        if (kept === undefined) return { kind: "unknown" };
        const dispute = await chain.readDispute(query.number);
        if (dispute === undefined || !isSeated(query, dispute, domain)) return { kind: "foreign" };
        const shown = this.#read(kept.key);
        return shown === undefined ? { kind: "unknown" } : { kind: "found", ...shown };
      },
    };
  }

  async #readPlants(epochs: ReadonlySet<number>, signal: AbortSignal): Promise<void> {
    for (const epoch of this.#plants.keys()) if (!epochs.has(epoch)) this.#plants.delete(epoch);
    for (const epoch of epochs) {
      if (this.#plants.has(epoch)) continue;
      const planted = await this.#parts.source.plantsOf(epoch, signal);
      if (planted !== undefined) this.#plants.set(epoch, planted);
    }
  }

  /** A refusal keeps no other accusation back: what its miner's owner says it planted for itself is over, whatever else is tried again. */
  async #dispute(resultHash: Bytes32, disputed: DisputedResult | undefined): Promise<void> {
    if (disputed === undefined) return;
    const { chain, metrics, log } = this.#parts;
    const { miner } = disputed.result;
    if (!(await chain.readCanDispute())) {
      metrics.disputes.add({ outcome: "unfunded" });
      log.warn("A wrong result waits to be disputed: the bond isn't there", { miner });
      return;
    }
    try {
      const number = await chain.dispute(disputed);
      metrics.disputes.add({ outcome: "opened" });
      log.info("A wrong result is disputed", { number, miner });
    } catch (error) {
      if (!(error instanceof ChainError) || error.data.code !== "CHAIN_REVERTED") throw error;
      if (error.data.error === "Planted") this.#over.add(resultHash);
      metrics.disputes.add({ outcome: "refused" });
      log.warn("A dispute over a wrong result was refused", { miner, error: error.data.error });
    }
  }

  #read(key: string): TaskEvidence | undefined {
    const record = this.#parts.store.get(key);
    const shown = record && parseEvidence(record);
    return shown && toEvidence(shown, this.#parts.nodeDomain);
  }

  #list(): readonly Kept[] {
    const range = { start: this.#prefix, end: `${this.#prefix}~`, limit: KEPT_MAX };
    return [...this.#parts.store.getKeys(range)].flatMap((key) => {
      const [epoch = "", result = ""] = key.slice(this.#prefix.length).split(".");
      const resultHash = bytesToHex(Buffer.from(result.slice(2), "hex"));
      return { key, epoch: Number(epoch), resultHash };
    });
  }
}

function resultOf({ bodies, sealed }: TaskEvidence, { miner, replica, segment }: AccusedSegment): Bytes32 | undefined {
  const shown = [...bodies, ...(sealed === undefined ? [] : [sealed])];
  const made = shown.find(
    ({ result }) => result.miner === miner && result.replica === replica && result.segment === segment,
  );
  return made && hashResult(made.result);
}

function disputedIn(
  { document, bodies, sealed, proofs }: TaskEvidence,
  resultHash: Bytes32,
): DisputedResult | undefined {
  const shown = [...bodies, ...(sealed === undefined ? [] : [sealed])];
  const made = shown.find(({ result }) => hashResult(result) === resultHash);
  return made && disputedResultOf(document, made, proofs);
}

import type { Hex } from "@cortensor/protocol";
import { encodeFunctionData } from "viem";
import type { Derivation } from "./derivation.js";
import { followParent } from "./followParent.js";
import type { JsonRpc } from "./jsonRpc.js";
import { OUTPUT_ORACLE_ABI } from "./opAbi.js";
import type { OpChain } from "./opChain.js";
import { type OutputChange, type PostedOutput, readDeletedFrom } from "./outputs.js";
import { type ParentBlock, readHeadNumber } from "./parentBlocks.js";
import type { ParentSender } from "./parentSender.js";

/** What became of one posted output. */
export type OutputFinding = {
  readonly index: number;
  /** The chain's block that it speaks of. */
  readonly number: number;
  readonly posted: Hex;
  /** What follows from the parent; undefined where the parent has no such block. */
  readonly derived: Hex | undefined;
} & (
  | { readonly kind: "right" }
  /** Removed, with all behind it. */
  | { readonly kind: "removed"; readonly txHash: Hex }
  /** Nobody was asked to remove it, or it has waited out its window: withdrawals may be paid by it. Or it pays a member out by the chain's last state. */
  | { readonly kind: "stands"; readonly why: "noKey" | "final" | "leaves" }
);

export type VerifierParts = {
  readonly chain: OpChain;
  readonly parent: JsonRpc;
  /** Of a machine of the verifier's own. */
  readonly derivation: Derivation;
  /** Undefined for one that looks on. */
  readonly challenger: ParentSender | undefined;
  readonly onFinding: (finding: OutputFinding) => void;
};

/** An output that doesn't follow, and that nobody has removed as far as the parent was read. */
type WrongOutput = PostedOutput & { readonly derived: Hex | undefined };

/**
 * Derives a chain from what its parent has, on a machine of its own, and holds each posted output against it. It believes nobody: neither the
 * sequencer's door nor its word is asked. Rounds mustn't overlap.
 */
export class Verifier {
  readonly #parts: VerifierParts;
  /** The index that the next output has. */
  #next = 0;
  #wrong: readonly WrongOutput[] = [];
  /** From the chain's last state on, what is posted follows from that, by proofs that the contract has checked, and from no batch. */
  #isFixed = false;

  constructor(parts: VerifierParts) {
    this.#parts = parts;
  }

  /** Outputs, from the first, that were found right or can't be removed any more. */
  get checked(): number {
    return this.#wrong[0]?.index ?? this.#next;
  }

  /** Reads on, and challenges what stands and doesn't follow once all was read. An aborted one ends between two parts of the parent. */
  async round(signal?: AbortSignal): Promise<void> {
    const { chain, parent, derivation } = this.#parts;
    const onBatch: Parameters<typeof followParent>[0]["onBatch"] = async (batch, block) => {
      await derivation.applyBatch(batch, block.timestamp);
    };
    const onBlock = ({ outputs }: ParentBlock): void => {
      for (const change of outputs) this.#take(change);
    };
    while (await followParent({ rpc: parent, chain, derivation, onBatch, onBlock })) if (signal?.aborted) return;
    await this.#settle(signal);
  }

  /** An output is held against what was derived when it was posted: it has to follow from what was posted before it. */
  #take(change: OutputChange): void {
    if (change.kind === "deleted") {
      this.#next = Math.min(this.#next, change.from);
      this.#wrong = this.#wrong.filter(({ index }) => index < change.from);
      return;
    }
    if (change.kind === "fixed") {
      this.#isFixed = true;
      return;
    }
    const { output } = change;
    const derived = this.#parts.derivation.outputAt(output.number);
    this.#next = output.index + 1;
    const facts = factsOf({ ...output, derived });
    if (this.#isFixed) this.#parts.onFinding({ ...facts, kind: "stands", why: "leaves" });
    else if (derived === output.root) this.#parts.onFinding({ ...facts, kind: "right" });
    else this.#wrong = [...this.#wrong, { ...output, derived }];
  }

  /** Removes the lowest wrong output with all behind it. Says of those that it can't remove that they stand. */
  async #settle(signal?: AbortSignal): Promise<void> {
    const { chain, derivation, challenger, onFinding } = this.#parts;
    for (const output of this.#wrong) {
      const isFinal = derivation.parent.timestamp - output.seconds >= chain.finalizationSeconds;
      if (challenger !== undefined && !isFinal) return this.#remove(output, challenger, signal);
      this.#wrong = this.#wrong.filter(({ index }) => index !== output.index);
      onFinding({ ...factsOf(output), kind: "stands", why: isFinal ? "final" : "noKey" });
    }
  }

  async #remove(output: WrongOutput, challenger: ParentSender, signal?: AbortSignal): Promise<void> {
    if (await this.#isGoneAbove(output)) return;
    const { l2OutputOracle: to } = this.#parts.chain.contracts;
    const args = [BigInt(output.index)] as const;
    const data = encodeFunctionData({ abi: OUTPUT_ORACLE_ABI, functionName: "deleteL2Outputs", args });
    const { txHash } = await challenger.send({ what: "challenge", to, data }, signal);
    this.#parts.onFinding({ ...factsOf(output), kind: "removed", txHash });
  }

  /** Whether it was removed in blocks that aren't read yet. Another may have its index by now, and be right. */
  async #isGoneAbove({ index }: WrongOutput): Promise<boolean> {
    const { chain, parent, derivation } = this.#parts;
    const to = await readHeadNumber(parent);
    const deletedFrom = await readDeletedFrom(parent, chain, { from: derivation.parent.number + 1, to });
    return deletedFrom !== undefined && deletedFrom <= index;
  }
}

function factsOf({ index, number, root: posted, derived }: WrongOutput) {
  return { index, number, posted, derived };
}

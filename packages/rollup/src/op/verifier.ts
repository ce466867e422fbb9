import type { Hex } from "@cortensor/protocol";
import { encodeFunctionData } from "viem";
import type { Derivation } from "./derivation.js";
import { followParent } from "./followParent.js";
import type { JsonRpc } from "./jsonRpc.js";
import { OUTPUT_ORACLE_ABI } from "./opAbi.js";
import type { OpChain } from "./opChain.js";
import { type PostedOutput, readDeletedFrom, readOutputs } from "./outputs.js";
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
  /** Nobody was asked to remove it, or it has waited out its window: withdrawals may be paid by it. */
  | { readonly kind: "stands"; readonly why: "noKey" | "final" }
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

/**
 * Derives a chain from what its parent has, on a machine of its own, and holds each posted output against it. It believes nobody: neither the
 * sequencer's door nor its word is asked. Rounds mustn't overlap.
 */
export class Verifier {
  readonly #parts: VerifierParts;
  #checked = 0;
  #looked: number | undefined;

  constructor(parts: VerifierParts) {
    this.#parts = parts;
  }

  /** Outputs, from the first, that were found right or can't be removed any more. */
  get checked(): number {
    return this.#checked;
  }

  async round(signal?: AbortSignal): Promise<void> {
    const { chain, parent, derivation } = this.#parts;
    const onBatch: Parameters<typeof followParent>[0]["onBatch"] = async (batch, block) => {
      await derivation.applyBatch(batch, block.timestamp);
    };
    while (await followParent({ rpc: parent, chain, derivation, onBatch }));
    // What stood at the block that was derived up to: an output has to follow from what was posted before it.
    const parentBlock = derivation.parent.number;
    const deletedFrom = await readDeletedFrom(parent, chain, {
      from: (this.#looked ?? parentBlock) + 1,
      to: parentBlock,
    });
    this.#checked = Math.min(this.#checked, deletedFrom ?? this.#checked);
    this.#looked = parentBlock;
    for (const output of await readOutputs(parent, chain, { from: this.#checked, parentBlock })) {
      const derived = derivation.outputAt(output.number);
      const { index, number, root: posted } = output;
      const facts = { index, number, posted, derived };
      if (derived === posted) this.#parts.onFinding({ ...facts, kind: "right" });
      else if (await this.#challenge(output, facts, signal)) return;
      this.#checked = index + 1;
    }
  }

  /** True when it was removed: what stood behind it is gone too. */
  async #challenge(
    { index, seconds }: PostedOutput,
    facts: Pick<OutputFinding, "index" | "number" | "posted" | "derived">,
    signal?: AbortSignal,
  ): Promise<boolean> {
    const { chain, derivation, challenger, onFinding } = this.#parts;
    const isFinal = derivation.parent.timestamp - seconds >= chain.finalizationSeconds;
    if (challenger === undefined || isFinal) {
      onFinding({ ...facts, kind: "stands", why: isFinal ? "final" : "noKey" });
      return false;
    }
    const data = encodeFunctionData({ abi: OUTPUT_ORACLE_ABI, functionName: "deleteL2Outputs", args: [BigInt(index)] });
    const { txHash } = await challenger.send({ what: "challenge", to: chain.contracts.l2OutputOracle, data }, signal);
    onFinding({ ...facts, kind: "removed", txHash });
    return true;
  }
}

import type { Engine } from "@cortensor/engine";
import type { Bytes32 } from "@cortensor/protocol";
import type { OfferedModel } from "@cortensor/wire";
import { MinerError } from "./minerError.js";
import { Workload } from "./workload.js";

/** One engine, what is said of it, and what it has to do. */
export type Bench = { readonly engine: Engine; readonly offer: OfferedModel; readonly workload: Workload };

export type Prices = { readonly weiPerTokenIn: bigint; readonly weiPerTokenOut: bigint };

/** The engines by the model they run. Throws MINER_NO_ENGINE, or MINER_SAME_MODEL_TWICE. */
export function setUpBenches(parts: {
  readonly engines: readonly Engine[];
  readonly prices: Prices;
  readonly queueMax: number;
  readonly onChange: () => void;
}): ReadonlyMap<Bytes32, Bench> {
  const { engines, prices, queueMax, onChange } = parts;
  if (engines.length === 0) throw new MinerError({ code: "MINER_NO_ENGINE" });
  const benches = new Map<Bytes32, Bench>();
  for (const engine of engines) {
    const { model, modelId, quantisation, kernelClass, contextTokens, tokensPerSecond, canEmbed, canScore, slots } =
      engine.describe();
    if (benches.has(modelId)) throw new MinerError({ code: "MINER_SAME_MODEL_TWICE", model });
    const { weiPerTokenIn, weiPerTokenOut } = prices;
    const offer = { model, modelId, quantisation, kernelClass, contextTokens, tokensPerSecond, canEmbed, canScore };
    benches.set(modelId, {
      engine,
      offer: { ...offer, sequences: slots, weiPerTokenIn, weiPerTokenOut },
      workload: new Workload({ slots, queueMax, onChange }),
    });
  }
  return benches;
}

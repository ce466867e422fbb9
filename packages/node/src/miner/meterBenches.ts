import { meteredEngine } from "@cortensor/engine";
import type { Bytes32 } from "@cortensor/protocol";
import type { MinerMetrics } from "./metrics.js";
import type { Bench } from "./offers.js";

/** What a miner's engine works for: its users, others' results, others' questions whether it is there, the network's own tasks. */
export type EngineWork = "answer" | "check" | "probe" | "networkTask";

/** The same benches, whose engines count what they work as work of one kind. */
export function meterBenches(
  benches: ReadonlyMap<Bytes32, Bench>,
  of: { readonly work: EngineWork; readonly metrics: Pick<MinerMetrics, "engineSeconds" | "engineCpuSeconds"> },
): ReadonlyMap<Bytes32, Bench> {
  const { work, metrics } = of;
  return new Map(
    [...benches].map(([modelId, bench]) => {
      const engine = meteredEngine(bench.engine, ({ seconds, cpuSeconds }) => {
        metrics.engineSeconds.add({ work }, seconds);
        metrics.engineCpuSeconds.add({ work }, cpuSeconds);
      });
      return [modelId, { ...bench, engine }];
    }),
  );
}

import { meteredEngine } from "@cortensor/engine";
import type { CheckTaskParts } from "./checkTask.js";
import type { ValidatorMetrics } from "./metrics.js";

/** The same checker, whose engine counts what it works. */
export function meterChecker(
  openChecker: CheckTaskParts["openChecker"],
  { engineSeconds, engineCpuSeconds }: Pick<ValidatorMetrics, "engineSeconds" | "engineCpuSeconds">,
): CheckTaskParts["openChecker"] {
  return async (signal) => {
    const { engine, ...checker } = await openChecker(signal);
    const metered = meteredEngine(engine, ({ seconds, cpuSeconds }) => {
      engineSeconds.add({}, seconds);
      engineCpuSeconds.add({}, cpuSeconds);
    });
    return { ...checker, engine: metered };
  };
}

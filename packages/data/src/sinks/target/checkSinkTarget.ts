import { SinkError } from "../sinkError.js";
import { findAddress, type Resolve, systemResolve } from "./findAddress.js";
import type { SinkPolicy } from "./sinkPolicy.js";
import { nameOfTarget, type SinkTarget } from "./sinkTarget.js";

/**
 * Whether a target may be written to from here, as far as that is known without connecting to it. Throws SINK_TARGET_REFUSED,
 * SINK_ADDRESS_REFUSED, and SINK_UNREACHABLE for a name that leads nowhere.
 */
export async function checkSinkTarget(
  target: SinkTarget,
  { policy, resolve = systemResolve }: { readonly policy: SinkPolicy; readonly resolve?: Resolve },
): Promise<void> {
  const sink = nameOfTarget(target);
  if (target.kind !== "sqlite") {
    await findAddress({ sink, host: target.host, tls: target.tls, policy, resolve });
    return;
  }
  if (policy.allowsFiles) return;
  throw new SinkError({ code: "SINK_TARGET_REFUSED", sink, reason: "files aren't written here" });
}

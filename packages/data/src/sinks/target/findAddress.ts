import { chooseAddress, type Resolve } from "../../address/chooseAddress.js";
import { isPrivateAddress } from "../../address/privateAddress.js";
import { SinkError } from "../sinkError.js";
import type { SinkPolicy } from "./sinkPolicy.js";

export { type Resolve, systemResolve } from "../../address/chooseAddress.js";

export type FindAddressParts = {
  /** The sink's name, for errors. */
  readonly sink: string;
  readonly host: string;
  readonly tls: "verify" | "off";
  readonly policy: SinkPolicy;
  readonly resolve: Resolve;
};

/**
 * The one address to connect to, checked: see `chooseAddress`.
 *
 * Throws SINK_ADDRESS_REFUSED, SINK_UNREACHABLE, and SINK_TARGET_REFUSED for records in clear to a public address.
 */
export async function findAddress({ sink, host, tls, policy, resolve }: FindAddressParts): Promise<string> {
  const chosen = await chooseAddress(host, { reach: policy.allowsPrivateAddresses ? "any" : "public", resolve });
  if (chosen.kind === "refused") throw new SinkError({ code: "SINK_ADDRESS_REFUSED", sink, address: chosen.address });
  if (chosen.kind === "nowhere")
    throw new SinkError({ code: "SINK_UNREACHABLE", sink, reason: chosen.reason }, { isRetryable: true });
  if (tls === "off" && !isPrivateAddress(chosen.address))
    throw new SinkError({ code: "SINK_TARGET_REFUSED", sink, reason: "unencrypted to a public address" });
  return chosen.address;
}

import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { ADDRESSES_MAX } from "../limits.js";
import { SinkError } from "../sinkError.js";
import { isPrivateAddress } from "./privateAddress.js";
import type { SinkPolicy } from "./sinkPolicy.js";

/** Every address that a name leads to. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** As the system resolves it. */
export const systemResolve: Resolve = async (host) => (await lookup(host, { all: true })).map(({ address }) => address);

export type FindAddressParts = {
  /** The sink's name, for errors. */
  readonly sink: string;
  readonly host: string;
  readonly tls: "verify" | "off";
  readonly policy: SinkPolicy;
  readonly resolve: Resolve;
};

/**
 * The one address to connect to, checked; whoever connects must dial this, never the name again, or a second answer of its DNS
 * could lead elsewhere. A name with one address that isn't allowed is refused as a whole. Resolved anew for each connection.
 *
 * Throws SINK_ADDRESS_REFUSED, SINK_UNREACHABLE, and SINK_TARGET_REFUSED for records in clear to a public address.
 */
export async function findAddress(parts: FindAddressParts): Promise<string> {
  const { sink, host, policy, tls } = parts;
  const addresses = isIP(host) === 0 ? await resolveName(parts) : [host];
  if (!policy.allowsPrivateAddresses)
    for (const address of addresses)
      if (isPrivateAddress(address)) throw new SinkError({ code: "SINK_ADDRESS_REFUSED", sink, address });
  const [first] = addresses;
  if (first === undefined) throw unreachable(sink, "its name has no address");
  if (tls === "off" && !isPrivateAddress(first))
    throw new SinkError({ code: "SINK_TARGET_REFUSED", sink, reason: "unencrypted to a public address" });
  return first;
}

async function resolveName({ sink, host, resolve }: FindAddressParts): Promise<readonly string[]> {
  try {
    return (await resolve(host)).slice(0, ADDRESSES_MAX);
  } catch {
    throw unreachable(sink, "its name can't be resolved");
  }
}

function unreachable(sink: string, reason: string): SinkError {
  return new SinkError({ code: "SINK_UNREACHABLE", sink, reason }, { isRetryable: true });
}

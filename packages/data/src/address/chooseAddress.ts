import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { isLoopbackHost, isPrivateAddress } from "./privateAddress.js";

/** Every address that a name leads to. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** As the system resolves it. */
export const systemResolve: Resolve = async (host) => (await lookup(host, { all: true })).map(({ address }) => address);

/** Addresses looked at of one name. */
export const ADDRESSES_MAX = 32;

/** Which addresses beside those of the open internet may be dialled. */
export type Reach = "public" | "loopback" | "any";

export type ChosenAddress =
  | { readonly kind: "address"; readonly address: string }
  | { readonly kind: "refused"; readonly address: string }
  | { readonly kind: "nowhere"; readonly reason: string };

/**
 * The one address of a host to connect to, checked; whoever connects must dial this, never the name again, or a second answer of its DNS
 * could lead elsewhere. A name with one address that isn't allowed is refused as a whole. Resolved once, and anew for each connection.
 */
export async function chooseAddress(
  host: string,
  { reach, resolve }: { readonly reach: Reach; readonly resolve: Resolve },
): Promise<ChosenAddress> {
  const addresses = isIP(host) === 0 ? await resolveName(host, resolve) : [host];
  if (addresses === undefined) return { kind: "nowhere", reason: "its name can't be resolved" };
  for (const address of addresses) if (!isWithin(reach, address)) return { kind: "refused", address };
  const [first] = addresses;
  return first === undefined
    ? { kind: "nowhere", reason: "its name has no address" }
    : { kind: "address", address: first };
}

function isWithin(reach: Reach, address: string): boolean {
  if (reach === "any" || !isPrivateAddress(address)) return true;
  return reach === "loopback" && isIP(address) !== 0 && isLoopbackHost(address);
}

async function resolveName(host: string, resolve: Resolve): Promise<readonly string[] | undefined> {
  try {
    return (await resolve(host)).slice(0, ADDRESSES_MAX);
  } catch {
    return undefined;
  }
}

import type { Parser } from "@cortensor/runtime";

/** Any free port, and nobody but this machine, until the operator says otherwise. */
export const LISTEN_DEFAULT: readonly string[] = ["/ip4/127.0.0.1/tcp/0"];
const ADDRESSES_MAX = 8;

/** libp2p addresses to listen at, comma-separated; `none` for no address. */
export const listenAddresses: Parser<readonly string[]> = (value) => {
  if (value === "none") return [];
  const addresses = value.split(",").map((one) => one.trim());
  const isShaped = addresses.every((one) => /^\/(ip4|ip6|dns4|dns6)\/[^/\s]+\/tcp\/\d{1,5}$/.test(one));
  if (!isShaped || addresses.length > ADDRESSES_MAX) {
    throw new Error(`expected up to ${ADDRESSES_MAX} addresses such as /ip4/0.0.0.0/tcp/4001, or none`);
  }
  return addresses;
};

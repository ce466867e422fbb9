import type { NetworkView } from "@cortensor/sdk";
import { countOf } from "./countOf.js";

/** What a router that isn't a verifier means for its miners, and what to do. Undefined for one that is. */
export function verifierAdvice({ router, miners }: Pick<NetworkView, "router" | "miners">): string | undefined {
  if (router.isVerifier) return undefined;
  const unverified = miners.filter(({ verifiedUntil }) => verifiedUntil === undefined).length;
  const now = unverified === 0 ? "" : `; ${countOf(unverified, "miner")} here ${unverified === 1 ? "is" : "are"} not`;
  return (
    `The router isn't a verifier: its miners get work only while another verifier has verified them${now}. ` +
    `The owner of the network's VerifierList makes it one: addVerifier of @cortensor/chain, for ${router.address}`
  );
}

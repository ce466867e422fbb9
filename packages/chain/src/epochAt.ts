import type { UnixSeconds } from "@cortensor/protocol";
import type { NetworkProfile } from "./profile.js";

/** Epoch of a chain time; 0 before the network began. */
export function epochAt(profile: Pick<NetworkProfile, "t0" | "epochSeconds">, time: UnixSeconds): number {
  return Math.max(0, Math.floor((time - profile.t0) / profile.epochSeconds));
}

import type { NetworkAddresses, NetworkProfile } from "./profile.js";

/** A network as it was deployed; the same shape as a profile. */
export type Deployment = NetworkProfile;

/** What a deployment has done so far. JSON-safe; give it back as `saved` to go on. */
export type PartialDeployment = {
  readonly chainId: number;
  readonly epochSeconds: number;
  /** Chain time at which epoch 0 began, in seconds. */
  readonly t0: number;
  /** A decimal number. */
  readonly deployBlock: string;
  readonly addresses: Partial<NetworkAddresses>;
};

import type { Address, Hex } from "@cortensor/protocol";
import type { LayerContract } from "./layerModules.js";
import type { NetworkProfile } from "./profile.js";

/** A network as it was deployed; the same shape as a profile. */
export type Deployment = NetworkProfile;

/** What stands on one chain of a network. */
export type LayerAddresses = Partial<Readonly<Record<LayerContract, Address>>>;

/** A contract that was about to be sent: where it comes to stand if it does, and as what. */
export type PendingStep = {
  readonly name: LayerContract;
  /** Of the deployer's account. */
  readonly nonce: number;
  /** Where that nonce puts it, or the chain's maker. */
  readonly address: Address;
  /** keccak256 of the code that its constructor returns, as the chain computed it before. */
  readonly codeHash: Hex;
};

/** What a deployment has done so far. JSON-safe; give it back as `saved` to go on. */
export type PartialDeployment = {
  readonly chainId: number;
  readonly epochSeconds: number;
  /** Chain time at which epoch 0 began, in seconds. */
  readonly t0: number;
  /** A decimal number. */
  readonly deployBlock: string;
  readonly addresses: LayerAddresses;
  /** keccak256 of each contract's code when it was deployed. Without it, any code counts as the contract's. */
  readonly codeHashes?: Partial<Readonly<Record<LayerContract, Hex>>>;
  /** Written before its transaction is sent. */
  readonly pending?: PendingStep;
};

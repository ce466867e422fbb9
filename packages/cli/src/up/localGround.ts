import type { ChainWriter, Deployment } from "@cortensor/chain";
import type { Address } from "@cortensor/protocol";
import type { Ports } from "./choosePorts.js";
import type { LocalParts } from "./localChildren.js";
import { startSingleGround } from "./singleGround.js";

/** `local`: layers on chains of their own. `single`: all of them on one. */
export const LOCAL_PROFILES = ["local", "single"] as const;
export type LocalProfile = (typeof LOCAL_PROFILES)[number];

/** One chain of a local network, for whoever asks what runs where. */
export type LocalPlace = {
  readonly layer: string;
  /** Solana has none. */
  readonly chainId?: number;
  readonly url: string;
  /** What it is, in a few words. */
  readonly what: string;
  /** What whoever enters a private network has to name. */
  readonly l3?: {
    readonly profile: string;
    readonly router: string;
    /** A member's key in the keystore. */
    readonly member: string;
  };
  /** What whoever deposits from there has to name. */
  readonly solana?: {
    readonly genesisHash: string;
    readonly vault: string;
    readonly till: Address;
    /** Of play money there. */
    readonly keypair: string;
  };
};

/** What comes up behind the first answer. */
export type LocalRest = {
  readonly places: readonly LocalPlace[];
  /** What guards are told of it. */
  readonly guardEnv: Readonly<Record<string, string>>;
};

/** What a local network stands on: its chains, and the contracts on them. */
export type LocalGround = {
  /** What nodes read. */
  readonly profile: Deployment;
  readonly isNew: boolean;
  /** An earlier deployment is gone with its chain: what was kept beside it is of no more use. */
  readonly isReset: boolean;
  /** Pays where sessions are, and at home. */
  readonly faucet: ChainWriter;
  readonly places: readonly LocalPlace[];
  /** What the router is told of chains beside its own. */
  readonly routerEnv: Readonly<Record<string, string>>;
  /** Brings up what the first answer doesn't need. */
  readonly startRest: () => Promise<LocalRest>;
  /** Called when all nodes are there: what hastened their start gives way to what runs for good, and the last layer comes up. */
  readonly finish: () => Promise<readonly LocalPlace[]>;
};

export async function startLocalGround(parts: LocalParts, kind: LocalProfile, ports: Ports): Promise<LocalGround> {
  if (kind === "single") return startSingleGround(parts, ports);
  // What makes rollups is loaded where there are some.
  const { startLayeredGround } = await import("./layers/layeredGround.js");
  return startLayeredGround(parts, ports);
}

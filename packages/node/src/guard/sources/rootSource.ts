import type {
  Address,
  Bytes32,
  EpochTimes,
  GuardOffence,
  GuardSet,
  Hex,
  UnixSeconds,
  Unsigned,
} from "@cortensor/protocol";

/** A guard's word for a root. */
export type RootSignature = { readonly root: Bytes32; readonly signature: Hex };

/** What a guard makes of an epoch that is over. */
export type ComputedRoot =
  | { readonly kind: "root"; readonly root: Bytes32 }
  /** There is nothing to sign, for everybody alike. */
  | { readonly kind: "empty" }
  | { readonly kind: "refused"; readonly why: Unsigned };

/** A sequence on another chain whose roots guards sign, epoch by epoch: a way's outbox, or deposits into a vault on Solana. */
export type RootSource = {
  /** Under which signatures are kept, asked for and shown: of a-z, 0-9, `.` and `-`, one for each domain and kind. */
  readonly name: string;
  /** Chain time where roots are posted, and the epochs there. */
  readTimes(): Promise<{ readonly times: EpochTimes; readonly now: UnixSeconds }>;
  /** Who guards an epoch, as the contract that takes the root sees it. */
  readSet(epoch: number): Promise<{ readonly set: GuardSet; readonly frozen: ReadonlySet<Address> }>;
  /** Undefined while no root is posted. */
  readPosted(epoch: number): Promise<Bytes32 | undefined>;
  compute(epoch: number): Promise<ComputedRoot>;
  digestOf(of: { readonly epoch: number; readonly root: Bytes32 }): Bytes32;
  /** Rejects when the contract refuses: then nothing changed. */
  post(of: { readonly epoch: number; readonly root: Bytes32; readonly packed: Uint8Array }): Promise<void>;
  /** What two roots that one guard signed prove. */
  offenceOf(epoch: number, one: RootSignature, two: RootSignature): GuardOffence;
};

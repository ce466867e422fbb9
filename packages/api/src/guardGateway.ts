import type { Address, AttestationKind, Bytes32, DutyPayProof, Hex } from "@cortensor/protocol";
import type { Gateway } from "./gateway.js";

/** What a guard is asked for: one subject chain, kind and epoch. */
export type AttestationQuery = {
  readonly subjectChainId: number;
  readonly kind: AttestationKind;
  readonly epoch: number;
};

/** A guard's signature of a root. */
export type ShownSignature = { readonly guard: Address; readonly root: Bytes32; readonly signature: Hex };

/** A guard, as its routes see it. */
export type GuardGateway = Pick<Gateway, "health"> & {
  readonly guard: Address;
  /** Its own signature and those of others that it has seen; none when it knows of none. */
  findAttestations(query: AttestationQuery): readonly ShownSignature[];
  /** Of a source on another chain, its own signature and those that it has seen. Undefined for a source that it doesn't follow. */
  findRoots(query: { readonly source: string; readonly epoch: number }): readonly ShownSignature[] | undefined;
  /** A virtual block's bytes, by its last epoch. */
  findVirtualBlock(epoch: number): Uint8Array | undefined;
  /** What a validator has earned by the roots that this guard computed last, the newest first; none when it never earned anything. */
  findDutyPay(validator: Address): readonly DutyPayProof[];
};

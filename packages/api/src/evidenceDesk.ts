import type { Bytes32, ProvenCheckpoint, ResultProof, SegmentBody } from "@cortensor/protocol";
import type { Caller } from "./gateway.js";

/** What answers rest on, for those who may check them. */
export type EvidenceDesk = {
  isAuditor(bearer: string): boolean;
  /** Tasks with a receipt, the latest first. */
  recent(limit: number): Promise<readonly Bytes32[]>;
  /** Only auditors, and the same key or wallet that asked, get one. */
  find(taskId: Bytes32, reader: "auditor" | Caller): Promise<EvidenceOutcome>;
};

export type EvidenceOutcome =
  | { readonly kind: "found"; readonly evidence: EvidenceView }
  | { readonly kind: "unknown" }
  | { readonly kind: "foreign" };

export type EvidenceView = {
  readonly taskId: Bytes32;
  /** Each is what its result's hash in the receipt stands for. */
  readonly bodies: readonly SegmentBody[];
  /** Result hashes of the receipt whose body no connected miner shows. */
  readonly missing: readonly Bytes32[];
  /** The last word of each paid miner that was given up before its result, as far as it signed one. */
  readonly checkpoints: readonly ProvenCheckpoint[];
  /** Where miners signed the results, as far as the router knows: who has them disputed needs it. */
  readonly proofs: readonly ResultProof[];
};

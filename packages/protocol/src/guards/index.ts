export {
  type AnchorFault,
  type AnchorProof,
  anchorFault,
  anchorLeaf,
  anchorProof,
  anchorTree,
  parseAnchorProof,
} from "./anchorProof.js";
export { assembleVirtualBlock, type ChainPoint, type EpochRecords } from "./assembleVirtualBlock.js";
export {
  ATTESTATION_KINDS,
  ATTESTATION_TYPE,
  type Attestation,
  type AttestationKind,
  attestationDigest,
  attestationSigner,
  hashAttestation,
  kindNumber,
  kindOfNumber,
  SIGNED_KINDS,
  type SignedAttestation,
  type SignedKind,
  signAttestation,
  signedKindOfNumber,
} from "./attestation.js";
export {
  type Beacon,
  type BeaconCommit,
  type BeaconReveal,
  beaconCommitment,
  beaconOf,
  type DrandRound,
  drandRoundDue,
} from "./beacon.js";
export { COMMITTEE_SEATS_MAX, type Committee, committeeOf } from "./committee.js";
export { recoverCompact, toCompactSignature } from "./compactSignature.js";
export {
  DRAND_SIGNATURE_BYTES,
  type DrandNetwork,
  openDrandRound,
  parseDrandKey,
  type SignedDrandRound,
} from "./drand.js";
export {
  type BeaconLeaf,
  type CheckpointLeaf,
  type DutyPayLeaf,
  type EpochLeaves,
  packLeaves,
  type ReputationLeaf,
  type ResultsLeaf,
  type SettlementLeaf,
} from "./epochLeaves.js";
export { type EpochRoot, epochRoot, hashRootParts, type RootParts, type RootRange } from "./epochRoot.js";
export {
  cutOffOf,
  type EpochTimes,
  epochStart,
  firstOpenEpoch,
  leaderSlotAt,
  recordEpochAt,
  slotStart,
} from "./epochTimes.js";
export {
  decodeEquivocation,
  type Equivocation,
  encodeEquivocation,
  equivocationOf,
  equivocatorOf,
} from "./equivocation.js";
export { type GuardMember, type GuardSet, guardSet, guardSetHash, isQuorum, totalStakeWei } from "./guardSet.js";
export { type GuardCandidate, type GuardRules, guardSetAt, standingGuardSet } from "./guardSetAt.js";
export { leaderOfSlot, leaderOrder } from "./leaderOrder.js";
export { maySign, type SigningFacts, type SigningVerdict, type Unsigned } from "./maySign.js";
export { decodeQuorum, encodeQuorum, type GuardSignature, type QuorumVerdict, verifyQuorum } from "./quorum.js";
export {
  attestationsRootOf,
  type ChainRange,
  type DutyRecord,
  dutiesRootOf,
  gapOf,
  packHead,
  stateRootOf,
  type VirtualBlock,
  virtualBlockHash,
} from "./virtualBlock.js";
export { decodeVirtualBlock, encodeVirtualBlock } from "./virtualBlockCodec.js";
export { type VirtualBlockFault, virtualBlockFault } from "./virtualBlockFault.js";

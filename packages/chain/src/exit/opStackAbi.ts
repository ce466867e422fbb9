import { parseAbi } from "viem";

/** What is used of the OP Stack's contracts where members leave. */
export const OUTPUT_ORACLE_ABI = parseAbi([
  "struct OutputProposal { bytes32 outputRoot; uint128 timestamp; uint128 l2BlockNumber; }",
  "function nextOutputIndex() view returns (uint256)",
  "function getL2Output(uint256 _l2OutputIndex) view returns (OutputProposal)",
  "function finalizationPeriodSeconds() view returns (uint256)",
]);

export const PORTAL_ABI = parseAbi([
  "struct WithdrawalTransaction { uint256 nonce; address sender; address target; uint256 value; uint256 gasLimit; bytes data; }",
  "struct OutputRootProof { bytes32 version; bytes32 stateRoot; bytes32 messagePasserStorageRoot; bytes32 latestBlockhash; }",
  "function proveWithdrawalTransaction(WithdrawalTransaction _tx, uint256 _l2OutputIndex, OutputRootProof _outputRootProof, bytes[] _withdrawalProof)",
  "function finalizeWithdrawalTransaction(WithdrawalTransaction _tx)",
  "function finalizedWithdrawals(bytes32) view returns (bool)",
  "function provenWithdrawals(bytes32) view returns (bytes32 outputRoot, uint128 timestamp, uint128 l2OutputIndex)",
]);

import { parseAbi } from "viem";

/** What is used of the vendored contracts; a test finds each of it in their own ABIs. */
export const PROXY_ABI = parseAbi([
  "constructor(address _admin)",
  "function upgradeToAndCall(address _implementation, bytes _data) payable returns (bytes)",
  "function changeAdmin(address _admin)",
]);

export const SUPERCHAIN_CONFIG_ABI = parseAbi([
  "function initialize(address _guardian, bool _paused)",
  "function guardian() view returns (address)",
]);

export const SYSTEM_CONFIG_ABI = parseAbi([
  "struct ResourceConfig { uint32 maxResourceLimit; uint8 elasticityMultiplier; uint8 baseFeeMaxChangeDenominator; uint32 minimumBaseFee; uint32 systemTxMaxGas; uint128 maximumBaseFee; }",
  "struct Addresses { address l1CrossDomainMessenger; address l1ERC721Bridge; address l1StandardBridge; address disputeGameFactory; address optimismPortal; address optimismMintableERC20Factory; address gasPayingToken; }",
  "function initialize(address _owner, uint32 _basefeeScalar, uint32 _blobbasefeeScalar, bytes32 _batcherHash, uint64 _gasLimit, address _unsafeBlockSigner, ResourceConfig _config, address _batchInbox, Addresses _addresses)",
  "function owner() view returns (address)",
]);

export const OUTPUT_ORACLE_ABI = parseAbi([
  "struct OutputProposal { bytes32 outputRoot; uint128 timestamp; uint128 l2BlockNumber; }",
  "function initialize(uint256 _submissionInterval, uint256 _l2BlockTime, uint256 _startingBlockNumber, uint256 _startingTimestamp, address _proposer, address _challenger, uint256 _finalizationPeriodSeconds)",
  "function submissionInterval() view returns (uint256)",
  "function finalizationPeriodSeconds() view returns (uint256)",
  "function proposer() view returns (address)",
  "function challenger() view returns (address)",
  "function nextBlockNumber() view returns (uint256)",
  "function nextOutputIndex() view returns (uint256)",
  "function getL2Output(uint256 _l2OutputIndex) view returns (OutputProposal)",
  "function proposeL2Output(bytes32 _outputRoot, uint256 _l2BlockNumber, bytes32 _l1BlockHash, uint256 _l1BlockNumber) payable",
  "function deleteL2Outputs(uint256 _l2OutputIndex)",
  "event OutputProposed(bytes32 indexed outputRoot, uint256 indexed l2OutputIndex, uint256 indexed l2BlockNumber, uint256 l1Timestamp)",
  "event OutputsDeleted(uint256 indexed prevNextOutputIndex, uint256 indexed newNextOutputIndex)",
]);

export const PORTAL_ABI = parseAbi([
  "struct WithdrawalTransaction { uint256 nonce; address sender; address target; uint256 value; uint256 gasLimit; bytes data; }",
  "struct OutputRootProof { bytes32 version; bytes32 stateRoot; bytes32 messagePasserStorageRoot; bytes32 latestBlockhash; }",
  "event TransactionDeposited(address indexed from, address indexed to, uint256 indexed version, bytes opaqueData)",
  "function initialize(address _l2Oracle, address _systemConfig, address _superchainConfig)",
  "function l2Oracle() view returns (address)",
  "function systemConfig() view returns (address)",
  "function superchainConfig() view returns (address)",
  "function depositTransaction(address _to, uint256 _value, uint64 _gasLimit, bool _isCreation, bytes _data) payable",
  "function proveWithdrawalTransaction(WithdrawalTransaction _tx, uint256 _l2OutputIndex, OutputRootProof _outputRootProof, bytes[] _withdrawalProof)",
  "function finalizeWithdrawalTransaction(WithdrawalTransaction _tx)",
  "function finalizedWithdrawals(bytes32) view returns (bool)",
  "function provenWithdrawals(bytes32) view returns (bytes32 outputRoot, uint128 timestamp, uint128 l2OutputIndex)",
]);

export const L1_MESSENGER_ABI = parseAbi([
  "function initialize(address _superchainConfig, address _portal, address _systemConfig)",
  "function portal() view returns (address)",
  "function otherMessenger() view returns (address)",
]);

export const MESSENGER_ABI = parseAbi([
  "function sendMessage(address _target, bytes _message, uint32 _minGasLimit) payable",
  "function relayMessage(uint256 _nonce, address _sender, address _target, uint256 _value, uint256 _minGasLimit, bytes _message) payable",
  "function successfulMessages(bytes32) view returns (bool)",
  "function failedMessages(bytes32) view returns (bool)",
]);

export const PASSER_ABI = parseAbi([
  "function initiateWithdrawal(address _target, uint256 _gasLimit, bytes _data) payable",
  "function sentMessages(bytes32) view returns (bool)",
  "event MessagePassed(uint256 indexed nonce, address indexed sender, address indexed target, uint256 value, uint256 gasLimit, bytes data, bytes32 withdrawalHash)",
]);

// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { RLP } from "@openzeppelin/contracts/utils/RLP.sol";
import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { IDepositPortal, ILastState, IOutputOracle } from "../interfaces/ILastState.sol";
import { Leaves } from "../libraries/Leaves.sol";
import { StateProofs } from "../libraries/StateProofs.sol";

/// @title LastState
contract LastState is ILastState, EIP712 {
    /// The output that pays an account's coins. No two have one root: each withdrawal has a nonce of its own.
    struct Claim {
        bytes32 outputRoot;
        uint256 index;
    }

    /// @notice Least gas of a deposit without data, by the portal's own rule.
    uint64 public constant ASK_GAS = 21_000;
    /// @notice What a claim's receiver is called with.
    uint256 public constant COINS_GAS = 100_000;
    /// A withdrawal's nonce has its version, 1, in its two highest bytes. The chain's own count from zero.
    uint256 internal constant FIRST_NONCE = 1 << 240 | 1 << 200;

    IOutputOracle public immutable oracle;
    IDepositPortal public immutable portal;
    address public immutable proposer;
    /// @notice How long nobody answers until the last state may be fixed.
    uint64 public immutable silenceSeconds;

    uint64 public askedAt;
    /// @inheritdoc ILastState
    bool public isFixed;
    uint64 internal _claims;
    bytes32 internal _stateRoot;
    /// @inheritdoc ILastState
    uint256 public lastIndex;
    mapping(address account => Claim) internal _claimOf;

    constructor(IOutputOracle oracle_, IDepositPortal portal_, address proposer_, uint64 silenceSeconds_)
        EIP712("Cortensor", "1")
    {
        oracle = oracle_;
        portal = portal_;
        proposer = proposer_;
        silenceSeconds = silenceSeconds_;
    }

    /// @inheritdoc ILastState
    function proposeL2Output(bytes32 outputRoot, uint256 l2BlockNumber, bytes32 l1BlockHash, uint256 l1BlockNumber)
        external
        payable
    {
        require(msg.sender == proposer, NotProposer(msg.sender));
        require(!isFixed, AlreadyFixed());
        // Answered, for good: that the output is removed later asks nobody anew.
        askedAt = 0;
        oracle.proposeL2Output{ value: msg.value }(outputRoot, l2BlockNumber, l1BlockHash, l1BlockNumber);
    }

    /// @inheritdoc ILastState
    function ask() external {
        require(!isFixed, AlreadyFixed());
        uint256 lastAt = _lastOutputAt();
        if (askedAt == 0 || askedAt <= lastAt) askedAt = uint64(block.timestamp);
        emit Asked(msg.sender, _fixableAt(lastAt));
        portal.depositTransaction(address(this), 0, ASK_GAS, false, "");
    }

    /// @inheritdoc ILastState
    function fixLast(Output calldata output) external {
        require(!isFixed, AlreadyFixed());
        uint256 lastAt = _lastOutputAt();
        require(askedAt > lastAt, NotAsked(askedAt, lastAt));
        uint256 fixableAt = _fixableAt(lastAt);
        require(block.timestamp >= fixableAt, FixableFrom(fixableAt));
        isFixed = true;
        uint256 count = oracle.nextOutputIndex();
        if (count == 0) {
            emit LastStateFixed(0, 0, 0);
            return;
        }
        bytes32 shown = keccak256(abi.encode(bytes32(0), output.stateRoot, output.passerStorageRoot, output.blockHash));
        bytes32 posted = oracle.getL2Output(count - 1).outputRoot;
        require(shown == posted, OutputOther(shown, posted));
        (_stateRoot, lastIndex) = (output.stateRoot, count - 1);
        emit LastStateFixed(count - 1, posted, output.stateRoot);
    }

    /// @inheritdoc ILastState
    /// @dev What the portal proves a withdrawal by is a storage trie of the message passer. A trie of one leaf is that leaf: this contract makes it, of
    /// this one withdrawal, and is the only one whose outputs the oracle takes.
    function claimCoins(address account, address to, bytes calldata signature, bytes[] calldata accountNodes) external {
        address signer = ECDSA.recoverCalldata(_hashTypedDataV4(Leaves.hash(account, to)), signature);
        require(signer == account, SignatureOther(signer, account));
        uint256 amountWei = StateProofs.coinsOf(stateRoot(), account, accountNodes);
        require(!hasClaimedCoins(account), ClaimedAlready(account));
        _proposeCoins(
            Withdrawal({
                nonce: FIRST_NONCE + _claims++,
                sender: account,
                target: to,
                value: amountWei,
                gasLimit: COINS_GAS,
                data: ""
            })
        );
    }

    /// @inheritdoc ILastState
    function stateRoot() public view returns (bytes32) {
        require(isFixed, NotFixed());
        return _stateRoot;
    }

    /// @inheritdoc ILastState
    function hasClaimedCoins(address account) public view returns (bool) {
        Claim memory claim = _claimOf[account];
        return claim.outputRoot != 0 && claim.index < oracle.nextOutputIndex()
            && oracle.getL2Output(claim.index).outputRoot == claim.outputRoot;
    }

    function _proposeCoins(Withdrawal memory withdrawal) internal {
        bytes memory leaf = _leafOf(withdrawal);
        bytes32 passerStorageRoot = keccak256(leaf);
        uint256 index = oracle.nextOutputIndex();
        emit CoinsProposed(withdrawal.sender, index, passerStorageRoot, withdrawal, leaf);
        bytes32 outputRoot = keccak256(abi.encode(bytes32(0), bytes32(0), passerStorageRoot, bytes32(0)));
        _claimOf[withdrawal.sender] = Claim(outputRoot, index);
        oracle.proposeL2Output(outputRoot, oracle.nextBlockNumber(), 0, 0);
    }

    function _lastOutputAt() internal view returns (uint256) {
        uint256 count = oracle.nextOutputIndex();
        return count == 0 ? 0 : oracle.getL2Output(count - 1).timestamp;
    }

    /// Nobody answered, and no challenger can remove the last output any more.
    function _fixableAt(uint256 lastAt) internal view returns (uint256) {
        return Math.max(uint256(askedAt) + silenceSeconds, lastAt + oracle.finalizationPeriodSeconds());
    }

    /// The leaf of `sentMessages[withdrawal] = true`, alone in its trie.
    function _leafOf(Withdrawal memory w) internal pure returns (bytes memory) {
        bytes32 withdrawalHash = keccak256(abi.encode(w.nonce, w.sender, w.target, w.value, w.gasLimit, w.data));
        bytes32 slot = keccak256(abi.encode(withdrawalHash, uint256(0)));
        bytes[] memory parts = new bytes[](2);
        // 0x20: a leaf whose path is all 64 nibbles.
        parts[0] = RLP.encode(abi.encodePacked(hex"20", keccak256(abi.encode(slot))));
        parts[1] = RLP.encode(RLP.encode(true));
        return RLP.encode(parts);
    }
}

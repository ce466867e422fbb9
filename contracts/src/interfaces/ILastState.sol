// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice What is used of the OP Stack's `L2OutputOracle`.
interface IOutputOracle {
    struct OutputProposal {
        bytes32 outputRoot;
        uint128 timestamp;
        uint128 l2BlockNumber;
    }

    function proposeL2Output(bytes32 outputRoot, uint256 l2BlockNumber, bytes32 l1BlockHash, uint256 l1BlockNumber)
        external
        payable;
    function nextOutputIndex() external view returns (uint256);
    function nextBlockNumber() external view returns (uint256);
    function getL2Output(uint256 index) external view returns (OutputProposal memory);
    function finalizationPeriodSeconds() external view returns (uint256);
}

/// @notice What is used of the OP Stack's `OptimismPortal`.
interface IDepositPortal {
    function depositTransaction(address to, uint256 value, uint64 gasLimit, bool isCreation, bytes memory data)
        external
        payable;
}

/// @title ILastState
/// @notice Proposes a chain's outputs on its parent, for its operator's key alone, until the operator is gone: then it fixes the chain's last state,
/// proposes no other, and lets each account's coins leave by what that state has of them.
/// @dev Nobody owns it, and nobody can stop it. What is fixed is an output that waited out its window, so that no challenger can remove it; as the oracle
/// takes outputs from this contract alone, none with another state can follow.
interface ILastState {
    /// A state that was posted: what an output's root is made of.
    struct Output {
        bytes32 stateRoot;
        bytes32 passerStorageRoot;
        bytes32 blockHash;
    }

    /// What the OP Stack calls a withdrawal.
    struct Withdrawal {
        uint256 nonce;
        address sender;
        address target;
        uint256 value;
        uint256 gasLimit;
        bytes data;
    }

    event Asked(address indexed by, uint256 fixableAt);
    event LastStateFixed(uint256 indexed index, bytes32 outputRoot, bytes32 stateRoot);
    /// `leaf` is the whole trie of the output's message passer: the proof that the portal asks for.
    event CoinsProposed(
        address indexed account, uint256 index, bytes32 passerStorageRoot, Withdrawal withdrawal, bytes leaf
    );

    error NotProposer(address caller);
    error AlreadyFixed();
    error NotFixed();
    /// @notice Nobody asked, or an output came since.
    error NotAsked(uint256 askedAt, uint256 lastOutputAt);
    error FixableFrom(uint256 fixableAt);
    error OutputOther(bytes32 shown, bytes32 posted);
    error ClaimedAlready(address account);
    error SignatureOther(address signer, address account);

    /// @notice Posts an output, which answers whoever asked. Only the proposer, until the last state is fixed.
    function proposeL2Output(bytes32 outputRoot, uint256 l2BlockNumber, bytes32 l1BlockHash, uint256 l1BlockNumber)
        external
        payable;

    /// @notice Asks for a sign of life. Anyone. It is a deposit to the chain: an operator that is there takes it, and posts the output behind it,
    /// which answers. One that was asked before and didn't answer goes on being asked since then.
    function ask() external;

    /// @notice Fixes the last output that was posted, where nobody answered within `silenceSeconds`. Anyone; once.
    /// @param output What its root is made of: zeros where there never was one.
    function fixLast(Output calldata output) external;

    /// @notice Proposes what pays an account's coins out of the portal, to where the account signed for (EIP-712 `Leave(address account,address to)`).
    /// Anyone; once, and again where a challenger removed that output. It is proved and finalised in the portal as every withdrawal is.
    function claimCoins(address account, address to, bytes calldata signature, bytes[] calldata accountNodes) external;

    function isFixed() external view returns (bool);

    /// @notice Whether an output stands that pays an account's coins.
    function hasClaimedCoins(address account) external view returns (bool);

    /// @notice The last state's root; zero where the chain never posted one. Throws `NotFixed` before.
    function stateRoot() external view returns (bytes32);

    function lastIndex() external view returns (uint256);
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ISessionOwners } from "./ISessionOwners.sol";

/// @title ISessions
/// @notice Sessions: what a client asks of the network, and who may change it. No money is held here.
/// @dev Nobody has any power here but a session's owner.
interface ISessions is ISessionOwners {
    struct SessionParams {
        /// 1 … 64 bytes.
        string name;
        /// At most 512 bytes: free text or a CID.
        string metadata;
        /// Least and most miners bound to the session, 1 … 1,024.
        uint16 minNumOfNodes;
        uint16 maxNumOfNodes;
        /// Copies of each task, 1 … 7, each by another miner.
        uint8 redundant;
        /// Validators per task, 0 … 7.
        uint8 numOfValidatorNodes;
        /// 0 ephemeral: any miner that qualifies; 1 dedicated: the session's dedicated nodes alone; 2 hybrid: those first.
        uint8 mode;
        /// Take nodes out of the pool for `reservePeriod`.
        bool reserveEphemeralNodes;
        /// Service level, 0 … 10: the least level of a node, and what is promised of the service.
        uint8 sla;
        /// A model's id; zero for any.
        bytes32 modelIdentifier;
        /// Seconds.
        uint32 reservePeriod;
        /// 0 is unlimited.
        uint32 maxTaskExecutionCount;
        /// 0 open, 1 sealed, 2 private.
        uint8 privacy;
        /// 0 proved engines only, 1 any.
        uint8 engine;
        /// 0 none, 1 canary, 2 auditable.
        uint8 auditMode;
    }

    struct Session {
        address owner;
        uint40 createdAt;
        bool active;
        SessionParams params;
    }

    event SessionCreated(uint32 indexed account, bytes32 indexed sid, address indexed owner, SessionParams params);
    event SessionUpdated(uint32 indexed account, SessionParams params);
    event SessionDeactivated(uint32 indexed account);
    event OwnerProposed(uint32 indexed account, address indexed proposed, uint256 holdsFrom);
    event OwnerChanged(uint32 indexed account, address indexed from, address indexed to);
    event RouterAdded(uint32 indexed account, address indexed operator);
    event RouterRemoved(uint32 indexed account, address indexed operator);
    event DedicatedNodeAdded(uint32 indexed account, address indexed node);
    event DedicatedNodeRemoved(uint32 indexed account, address indexed node);

    event OpenerNamed(address indexed opener);

    error SessionUnknown(uint32 account);
    error SessionInactive(uint32 account);
    error NotSessionOwner(address caller, address owner);
    error NotProposedOwner(address caller, address proposed);
    error OwnerTooEarly(uint256 holdsFrom);
    error ParamOutOfBounds(bytes32 param, uint256 value, uint256 minimum, uint256 maximum);
    error RouterKnown(uint32 account, address operator);
    error RouterUnknown(uint32 account, address operator);
    error NodeZero();
    error NotDeployer(address caller);
    error NamedAlready(address opener);
    error NamedElsewhere(address sessions);
    error NotOpener(address caller, address opener);
    error DedicatedNodeKnown(uint32 account, address node);
    error DedicatedNodeUnknown(uint32 account, address node);

    /// @notice Opens a session of the caller.
    /// @return account Index that debits name; counts from 1.
    /// @return sid keccak256(chain id, this contract, account).
    function create(SessionParams calldata params) external returns (uint32 account, bytes32 sid);

    /// @notice Replaces the parameters. Only the owner, while active. Tasks in flight keep what they began with.
    function update(uint32 account, SessionParams calldata params) external;

    /// @notice Ends the session for new tasks, for good. Money leaves by `SessionPayment`. Only the owner.
    function deactivateSession(uint32 account) external;

    /// @notice Offers the session to `to`, which may accept after 24 hours: until then the owner's debits are settled.
    /// The zero address withdraws an offer. Only the owner.
    function updateOwner(uint32 account, address to) external;

    /// @notice Takes over a session that was offered to the caller, from `holdsFrom` on (inclusive).
    function acceptOwner(uint32 account) external;

    /// @notice Gives a session that the caller owns to the owner that it opened it for, at once. Only the opener: what it signed for it was
    /// the owner's own word.
    function handOver(uint32 account, address to) external;

    /// @notice Names the contract that opens sessions for wallets that signed for them. Only the deployer, once, and only one that names this
    /// contract from its birth.
    function nameOpener(address opener_) external;

    /// @notice Names a router operator that serves the session; at most 16. Only the owner.
    function addRouter(uint32 account, address operator) external;

    /// @notice Only the owner.
    function removeRouter(uint32 account, address operator) external;

    /// @notice Dedicates a node to the session, by the address that it signs with; at most 64. Whether such a node is registered,
    /// and up, is the router's to see. Only the owner.
    function addDedicatedNode(uint32 account, address node) external;

    /// @notice Only the owner. Tasks in flight end where they run.
    function removeDedicatedNode(uint32 account, address node) external;

    function sessionOf(uint32 account) external view returns (Session memory);
    function sidOf(uint32 account) external view returns (bytes32);
    function routersOf(uint32 account) external view returns (address[] memory);
    function dedicatedNodesOf(uint32 account) external view returns (address[] memory);
    function sessionCount() external view returns (uint32);
    /// @notice Zero until it is named.
    function opener() external view returns (address);
}

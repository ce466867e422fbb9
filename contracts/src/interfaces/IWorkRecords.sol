// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IGuardSets } from "./IGuardSets.sol";
import { IRouters } from "./IRouters.sol";

/// @title IWorkRecords
/// @notice Where an operator's routers say which tasks they took up and ended: once for each lane and epoch, by the hash of a public document.
/// Nobody has any power here.
/// @dev Warning: what a record says is its operator's word. What checks it is in docs/GUARDS.md.
interface IWorkRecords {
    /// @param recordRoot Root of the tree over the document's pieces, as a settlement set's.
    /// @param recordCid SHA-256 of the document.
    /// @param begun Tasks that began, as the router says.
    /// @param ended Tasks that ended.
    event WorkPosted(
        address indexed lane,
        uint64 indexed epoch,
        address router,
        bytes32 recordRoot,
        bytes32 recordCid,
        uint32 begun,
        uint32 ended
    );
    /// A guard says that nobody shows it the document.
    event WorkReported(address indexed lane, uint64 indexed epoch, address indexed guard);
    /// Guards with more than two thirds of the stake said so: the record counts nothing, for everybody alike.
    event WorkCondemned(address indexed lane, uint64 indexed epoch);

    error NotRouterOf(address caller, address lane);
    error RecordOutOfTime(uint64 epoch, uint64 due);
    error RecordEmpty();
    error RecordPostedAlready(address lane, uint64 epoch, bytes32 recordRoot);
    error RecordUnknown(address lane, uint64 epoch);
    error ReportOutOfTime(uint64 epoch, uint64 from, uint64 until);
    error NotGuardOf(address caller, uint64 epoch);
    error GuardFrozen(address guard);
    error ReportedAlready(address lane, uint64 epoch, address guard);

    /// @notice Posts a lane's record among those of an epoch: before its cut-off, once. An active router of the lane's operator.
    function post(address lane, uint64 epoch, bytes32 recordRoot, bytes32 recordCid, uint32 begun, uint32 ended)
        external;

    /// @notice Says that nobody shows the calling guard this record. A guard of the epoch's set, among the records of the sixteen epochs after it.
    function report(address lane, uint64 epoch) external;

    /// @notice Zero where none was posted.
    function rootOf(address lane, uint64 epoch) external view returns (bytes32 recordRoot);

    function isCondemned(address lane, uint64 epoch) external view returns (bool);

    function routers() external view returns (IRouters);

    function guardSets() external view returns (IGuardSets);
}

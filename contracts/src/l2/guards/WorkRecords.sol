// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IGuardSets } from "../../interfaces/IGuardSets.sol";
import { IRouters } from "../../interfaces/IRouters.sol";
import { IWorkRecords } from "../../interfaces/IWorkRecords.sol";
import { Epochs } from "../../libraries/Epochs.sol";
import { GuardMembers } from "../../libraries/GuardMembers.sol";
import { StoredBytes } from "../../libraries/StoredBytes.sol";

/// @title WorkRecords
contract WorkRecords is IWorkRecords {
    using GuardMembers for bytes;

    /// @notice Epochs in which a record may be reported: guards that were away for a while can still say what they don't find.
    uint64 public constant REPORT_EPOCHS = 16;

    IRouters public immutable routers;
    IGuardSets public immutable guardSets;
    uint64 internal immutable _t0;
    uint64 internal immutable _epochSeconds;

    /// @inheritdoc IWorkRecords
    mapping(address lane => mapping(uint64 epoch => bytes32 recordRoot)) public rootOf;
    /// @inheritdoc IWorkRecords
    mapping(address lane => mapping(uint64 epoch => bool)) public isCondemned;
    /// A bit for each place of the epoch's set whose guard reported.
    mapping(address lane => mapping(uint64 epoch => uint32)) internal _reports;

    constructor(IRouters routers_, IGuardSets guardSets_) {
        routers = routers_;
        guardSets = guardSets_;
        _t0 = guardSets_.t0();
        _epochSeconds = guardSets_.epochSeconds();
    }

    /// @inheritdoc IWorkRecords
    function post(address lane, uint64 epoch, bytes32 recordRoot, bytes32 recordCid, uint32 begun, uint32 ended)
        external
    {
        require(routers.isRouterOf(msg.sender, lane), NotRouterOf(msg.sender, lane));
        uint64 due = _recordEpoch();
        require(epoch == due, RecordOutOfTime(epoch, due));
        require(recordRoot != 0, RecordEmpty());
        bytes32 posted = rootOf[lane][epoch];
        require(posted == 0, RecordPostedAlready(lane, epoch, posted));

        rootOf[lane][epoch] = recordRoot;
        emit WorkPosted(lane, epoch, msg.sender, recordRoot, recordCid, begun, ended);
    }

    /// @inheritdoc IWorkRecords
    function report(address lane, uint64 epoch) external {
        uint64 recordEpoch = _recordEpoch();
        require(
            recordEpoch > epoch && recordEpoch - epoch <= REPORT_EPOCHS,
            ReportOutOfTime(epoch, epoch + 1, epoch + REPORT_EPOCHS)
        );
        require(rootOf[lane][epoch] != 0, RecordUnknown(lane, epoch));
        (address stored, uint32 frozen) = guardSets.storedSetAt(epoch);
        bytes memory members = stored == address(0) ? bytes("") : StoredBytes.read(stored);
        (bool isMember, uint256 place) = members.find(msg.sender);
        require(isMember, NotGuardOf(msg.sender, epoch));
        uint32 bit = uint32(1 << place);
        require(frozen & bit == 0, GuardFrozen(msg.sender));
        uint32 reports = _reports[lane][epoch] | bit;
        require(reports != _reports[lane][epoch], ReportedAlready(lane, epoch, msg.sender));

        _reports[lane][epoch] = reports;
        emit WorkReported(lane, epoch, msg.sender);
        if (isCondemned[lane][epoch] || !_isQuorum(members, reports & ~frozen)) return;
        isCondemned[lane][epoch] = true;
        emit WorkCondemned(lane, epoch);
    }

    /* INTERNAL */

    function _recordEpoch() internal view returns (uint64) {
        return Epochs.recordEpochAt(Epochs.Times(_t0, _epochSeconds), block.timestamp);
    }

    /// Whether these places hold more than two thirds of the set's stake.
    function _isQuorum(bytes memory members, uint32 places) internal pure returns (bool) {
        uint256 saidWei = 0;
        uint256 totalWei = 0;
        for (uint256 place = 0; place < members.countOf(); ++place) {
            (, uint256 stakeWei) = members.memberAt(place);
            totalWei += stakeWei;
            if (places >> place & 1 != 0) saidWei += stakeWei;
        }
        return 3 * saidWei > 2 * totalWei;
    }
}

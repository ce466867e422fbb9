// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Ownable, Ownable2Step } from "@openzeppelin/contracts/access/Ownable2Step.sol";
import { ISlashable } from "../interfaces/ISlashable.sol";

/// @title Slashable
/// @notice The slasher's seat, shared by every contract that holds money at stake.
abstract contract Slashable is ISlashable, Ownable2Step {
    /// @notice How long a new slasher waits.
    uint256 public immutable slasherDelaySeconds;

    /// @inheritdoc ISlashable
    address public slasher;
    address public proposedSlasher;
    uint256 public slasherHoldsFrom;

    constructor(address owner, uint256 delaySeconds) Ownable(owner) {
        slasherDelaySeconds = delaySeconds;
    }

    modifier onlySlasher() {
        require(msg.sender == slasher && msg.sender != address(0), NotSlasher(msg.sender));
        _;
    }

    /// @inheritdoc ISlashable
    function proposeSlasher(address next) external onlyOwner {
        require(next != slasher, SlasherUnchanged(next));
        if (slasher == address(0)) {
            slasher = next;
            emit SlasherChanged(next);
            return;
        }
        proposedSlasher = next;
        slasherHoldsFrom = block.timestamp + slasherDelaySeconds;
        emit SlasherProposed(next, slasherHoldsFrom);
    }

    /// @inheritdoc ISlashable
    function acceptSlasher() external {
        require(slasherHoldsFrom != 0, NoSlasherProposed());
        require(block.timestamp >= slasherHoldsFrom, SlasherTooEarly(slasherHoldsFrom));
        slasher = proposedSlasher;
        slasherHoldsFrom = 0;
        emit SlasherChanged(slasher);
    }
}

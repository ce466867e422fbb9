// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ICorMeter } from "../interfaces/ICorMeter.sol";
import { StakeSlasher } from "../l1/StakeSlasher.sol";
import { Offences } from "../libraries/Offences.sol";

/// @title CorMeter
/// @notice What the messages of a link between two layers move: COR that crosses it, and the stake that a verdict takes. Everything else moves none.
/// @dev Both ends of a link have one with the same parts. An address is told by its chain: two chains may have different contracts at one.
contract CorMeter is ICorMeter {
    struct Parts {
        uint64 parentChainId;
        /// On the parent.
        address vault;
        /// On the child.
        address childCor;
        /// On the parent; zero where none stands.
        address slasher;
    }

    uint64 public immutable parentChainId;
    address public immutable vault;
    address public immutable childCor;
    address public immutable slasher;

    constructor(Parts memory parts) {
        parentChainId = parts.parentChainId;
        vault = parts.vault;
        childCor = parts.childCor;
        slasher = parts.slasher;
    }

    /// @inheritdoc ICorMeter
    function corOf(uint64 src, address, address to, bytes calldata body) external view returns (uint256 corWei) {
        if (to == (src == parentChainId ? childCor : vault)) {
            (, corWei) = abi.decode(body, (address, uint256));
        } else if (src != parentChainId && to == slasher && slasher != address(0)) {
            StakeSlasher.Verdict memory verdict = abi.decode(body, (StakeSlasher.Verdict));
            corWei = Offences.penaltyWeiUp(Offences.Offence.WrongResult, verdict.feeWei, 0);
        }
    }
}

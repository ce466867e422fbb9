// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ICorMeter } from "../interfaces/ICorMeter.sol";
import { ILinkMessenger } from "../interfaces/ILinkMessenger.sol";
import { IPauseHook } from "../interfaces/IPauseHook.sol";
import { IReceiver } from "../interfaces/IReceiver.sol";
import { Messages } from "../libraries/Messages.sol";

/// @title TrialPost
/// @notice What trials of a messenger send and receive with: it counts coins of its own, notes what it took, fails as it is told, and is the pause and
/// the meter of its end. What one post gives, the other takes, so that both together always have what they began with and what is under way.
contract TrialPost is IReceiver, ICorMeter, IPauseHook {
    enum Conduct {
        Take,
        Fail,
        BurnGas
    }

    error Told();
    error NotEnough(uint256 amountWei, uint256 heldWei);
    error NotMessenger(address caller);
    error NotOther(uint64 src, address from);

    ILinkMessenger public messenger;
    address public other;
    Conduct public conduct;
    bool public isStopped;
    uint256 public heldWei;
    uint256 public burnt;
    mapping(bytes32 id => uint256) public timesTaken;

    constructor(uint256 heldWei_) {
        heldWei = heldWei_;
    }

    function join(ILinkMessenger messenger_, address other_) external {
        (messenger, other) = (messenger_, other_);
    }

    function behave(Conduct conduct_) external {
        conduct = conduct_;
    }

    function stop(bool to) external {
        isStopped = to;
    }

    /// @notice Sends a message for each amount, which leaves this post at once.
    function give(uint256[] calldata amountsWei, uint64 gasLimit) external payable returns (bytes32[] memory ids) {
        Messages.Letter[] memory letters = new Messages.Letter[](amountsWei.length);
        for (uint256 i = 0; i < amountsWei.length; ++i) {
            require(amountsWei[i] <= heldWei, NotEnough(amountsWei[i], heldWei));
            heldWei -= amountsWei[i];
            letters[i] = Messages.Letter(other, gasLimit, abi.encode(amountsWei[i]));
        }
        return messenger.sendMany{ value: msg.value }(messenger.remoteChainId(), letters);
    }

    function onMessage(uint64 src, address from, bytes32 id, bytes calldata body) external {
        require(msg.sender == address(messenger), NotMessenger(msg.sender));
        require(src == messenger.remoteChainId() && from == other, NotOther(src, from));
        if (conduct == Conduct.Fail) revert Told();
        if (conduct == Conduct.BurnGas) {
            for (uint256 i = 0;; ++i) {
                burnt += i;
            }
        }
        timesTaken[id] += 1;
        heldWei += abi.decode(body, (uint256));
    }

    function corOf(uint64, address, address, bytes calldata body) external pure returns (uint256) {
        return abi.decode(body, (uint256));
    }

    function isPaused(address) external view returns (bool) {
        return isStopped;
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { ISessionPayment } from "../../src/interfaces/ISessionPayment.sol";
import { Credits } from "../../src/libraries/Credits.sol";
import { Maturing } from "../../src/libraries/Maturing.sol";

/// Books as SessionPayment keeps them, in its slots. The real one isn't compiled without the IR pipeline; that its slots are these, the packages' test of
/// leaving a real chain shows.
contract ShapedPayment {
    using Credits for mapping(address payee => Credits.Credit);
    using Maturing for Maturing.Earnings;

    mapping(uint32 account => ISessionPayment.Account) internal _accounts;
    mapping(uint32 account => mapping(address lane => ISessionPayment.Lane)) internal _lanes;
    uint256 internal _lowerings;
    mapping(uint32 account => address[]) internal _laneList;
    uint256[3] internal _others;
    mapping(address lane => mapping(address payee => Credits.Credit)) internal _credits;
    mapping(address lane => Maturing.Earnings) internal _earnings;

    IERC20 public immutable cor;

    constructor(IERC20 cor_) {
        cor = cor_;
    }

    function deposit(uint32 account, uint256 amountWei) external {
        _accounts[account].depositWei += uint96(amountWei);
        cor.transferFrom(msg.sender, address(this), amountWei);
    }

    function setAllotment(uint32 account, address lane, uint96 allotmentWei) external {
        ISessionPayment.Lane storage line = _lanes[account][lane];
        if (!line.known) _laneList[account].push(lane);
        line.known = true;
        _accounts[account].allottedWei += allotmentWei - line.allotmentWei;
        line.allotmentWei = allotmentWei;
    }

    function settle(uint32 account, address lane, uint96 cumulativeWei, address payee, uint96 creditedWei) external {
        ISessionPayment.Lane storage line = _lanes[account][lane];
        uint256 debitedWei = cumulativeWei - line.cumulativeWei;
        line.cumulativeWei = cumulativeWei;
        line.count += 1;
        uint256 raisedWei = _credits[lane].raise(payee, creditedWei);
        _earnings[lane].add(debitedWei - raisedWei);
    }

    function depositOf(uint32 account) external view returns (uint256) {
        return _accounts[account].depositWei;
    }

    function spentOf(uint32 account, address lane) external view returns (uint256) {
        return _lanes[account][lane].cumulativeWei;
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IExitVault } from "../../src/interfaces/IExitVault.sol";
import { ISessions } from "../../src/interfaces/ISessions.sol";
import { Cor } from "../../src/l1/Cor.sol";
import { CorVault } from "../../src/l1/CorVault.sol";
import { ExitVault } from "../../src/l1/ExitVault.sol";
import { NoCompliance } from "../../src/l1/NoCompliance.sol";
import { NoPause } from "../../src/l1/NoPause.sol";
import { StakeVault } from "../../src/l1/StakeVault.sol";
import { BridgedCor } from "../../src/l2/BridgedCor.sol";
import { RouterBond } from "../../src/l2/RouterBond.sol";
import { Sessions } from "../../src/l2/Sessions.sol";
import { Holdings } from "../../src/libraries/Holdings.sol";
import { LeftChain } from "./LeftChain.sol";
import { ShapedPayment } from "./ShapedPayment.sol";

/// The real contracts of a network below, with something in each of them, and the vault above.
abstract contract LeavingMembers is LeftChain {
    uint256 internal constant ALICE_KEY = 0xA11CE;
    uint256 internal constant CLIENT_KEY = 0xC11E;
    uint256 internal constant OPERATOR_KEY = 0x09E2;
    uint256 internal constant MINER_KEY = 0x3141;
    uint256 internal constant OUTSIDER_KEY = 0xBAD;
    address internal constant WITHDRAWN_TO = address(0x3D4A);

    /// What stands in the last state.
    struct World {
        uint32 session;
        uint32 unallotted;
        address[] lanes;
        bytes32 arrived;
        bytes32 waiting;
        uint256 waitingWei;
    }

    Cor internal cor = new Cor(address(this));
    ExitVault internal vault;
    BridgedCor internal bridged;
    Sessions internal sessions;
    ShapedPayment internal payment;
    RouterBond internal bond;
    StakeVault internal stakeVault;
    address internal paidTo = address(0x9A1D);
    bool internal isForged;

    address internal alice = vm.addr(ALICE_KEY);
    address internal client = vm.addr(CLIENT_KEY);
    address internal operator = vm.addr(OPERATOR_KEY);
    address internal miner = vm.addr(MINER_KEY);

    function makeNetwork() internal {
        vm.warp(1_000_000);
        makeLink();
        makeLastState();
        vault = ExitVault(maker.addressOf("vault"));
        onL2();
        bridged = new BridgedCor(up, L1, address(vault));
        sessions = new Sessions();
        payment = new ShapedPayment(bridged);
        bond = new RouterBond(bridged, address(this));
        stakeVault = new StakeVault(bridged, new NoCompliance(), new NoPause(), address(this));
        onL1();
        CorVault.Parts memory above = CorVault.Parts({
            cor: cor,
            messenger: down,
            childChainId: L2,
            childCor: address(bridged),
            compliance: new NoCompliance(),
            pause: pause
        });
        IExitVault.Below memory below = IExitVault.Below({
            messenger: address(up),
            payment: address(payment),
            sessions: address(sessions),
            bond: address(bond),
            stakeVault: address(stakeVault)
        });
        make("vault", abi.encodePacked(type(ExitVault).creationCode, abi.encode(above, below, lastState)));
        cor.approve(address(vault), type(uint256).max);
    }

    function someAmounts() internal pure returns (uint256[8] memory amounts) {
        for (uint256 i = 0; i < 8; ++i) {
            amounts[i] = (i + 3) * 1 ether;
        }
    }

    /* LIFE BELOW */

    /// Something of each kind; all that stands below is what came from above.
    function liveIn(uint256[8] memory amounts) internal returns (World memory world) {
        for (uint256 i = 0; i < 8; ++i) {
            amounts[i] = bound(amounts[i], 1e6, 1e24);
        }
        uint256 sum = 0;
        for (uint256 i = 0; i < 7; ++i) {
            sum += amounts[i];
        }
        onL1();
        world.arrived = vault.lock(address(this), sum);
        carryDown(0);
        onL2();
        bridged.transfer(alice, amounts[0]);
        openSessions(world, amounts[1], amounts[2]);
        bridged.approve(address(bond), type(uint256).max);
        bond.deposit(operator, amounts[3]);
        bridged.approve(address(stakeVault), type(uint256).max);
        stakeVault.stake(operator, amounts[4] - amounts[4] / 3);
        stakeVault.delegate(operator, amounts[4] / 3);
        // What was delegated is this contract's, which has no key: its holder takes it out first.
        giveBack(amounts[4] / 3);
        bridged.transfer(address(0xB12E), amounts[5] / 2);
        vm.prank(address(0xB12E));
        bridged.transfer(alice, amounts[5] / 2);
        bridged.transfer(alice, amounts[5] - amounts[5] / 2);
        bridged.withdraw(WITHDRAWN_TO, amounts[6]);
        bridged.transfer(alice, bridged.balanceOf(address(this)));
        onL1();
        world.waitingWei = amounts[7];
        world.waiting = vault.lock(alice, amounts[7]);
        keepState(world);
    }

    function giveBack(uint256 delegatedWei) internal {
        if (stakeVault.positionOf(operator, address(this)).stakedWei == 0) return;
        stakeVault.requestUnstake(operator, stakeVault.positionOf(operator, address(this)).stakedWei);
        passSeconds(14 days);
        uint256 paidWei = stakeVault.withdrawUnstaked(operator, address(this));
        assertTrue(paidWei <= delegatedWei, "no more than was put in");
    }

    /// One with two lanes, of which one spent; one that nobody may spend from.
    function openSessions(World memory world, uint256 depositWei, uint256 unallottedWei) internal {
        ISessions.SessionParams memory params;
        (params.name, params.minNumOfNodes, params.maxNumOfNodes, params.redundant) = ("session", 1, 3, 1);
        vm.prank(client);
        (world.session,) = sessions.create(params);
        vm.prank(client);
        (world.unallotted,) = sessions.create(params);
        bridged.approve(address(payment), type(uint256).max);
        payment.deposit(world.session, depositWei);
        payment.deposit(world.unallotted, unallottedWei);
        world.lanes = new address[](2);
        (world.lanes[0], world.lanes[1]) = (operator, address(0x1A4E));
        for (uint256 i = 0; i < 2; ++i) {
            payment.setAllotment(world.session, world.lanes[i], uint96(depositWei / 2));
        }
        settle(world.session, uint96(depositWei / 3), uint96(depositWei / 5));
        passSeconds(3 days);
        settle(world.session, uint96(depositWei / 2), uint96(depositWei / 4));
    }

    function settle(uint32 session, uint96 spentWei, uint96 creditedWei) internal {
        payment.settle(session, operator, spentWei, miner, creditedWei);
    }

    function spentOf(World memory world) internal view returns (uint256) {
        return payment.spentOf(world.session, operator);
    }

    /* ITS STATE */

    function keepState(World memory world) internal {
        keepBalancesOnly();
        keep(address(up), Holdings.at(world.arrived, Holdings.STATES_SLOT));
        keep(address(sessions), Holdings.at(world.session, Holdings.SESSIONS_SLOT));
        keep(address(sessions), Holdings.at(world.unallotted, Holdings.SESSIONS_SLOT));
        keepAccountOf(world.session);
        keepAccountOf(world.unallotted);
        uint256 list = Holdings.at(world.session, Holdings.LANE_LIST_SLOT);
        keep(address(payment), list);
        for (uint256 i = 0; i < world.lanes.length; ++i) {
            keep(address(payment), Holdings.first(list) + i);
            keep(address(payment), Holdings.at(world.lanes[i], Holdings.at(world.session, Holdings.LANES_SLOT)));
        }
        keep(address(payment), Holdings.at(miner, Holdings.at(operator, Holdings.CREDITS_SLOT)));
        keep(address(payment), Holdings.at(operator, Holdings.EARNINGS_SLOT));
        keep(address(payment), Holdings.at(operator, Holdings.EARNINGS_SLOT) + 1);
        keep(address(bond), Holdings.at(operator, Holdings.BONDS_SLOT));
        keep(address(stakeVault), Holdings.at(operator, Holdings.STAKES_SLOT));
        keep(address(stakeVault), Holdings.at(operator, Holdings.at(operator, Holdings.POSITIONS_SLOT)));
        keepAccounts();
    }

    function keepAccountOf(uint32 session) internal {
        keep(address(payment), Holdings.at(session, Holdings.ACCOUNTS_SLOT));
    }

    function keepBalancesOnly() internal {
        delete _slots[address(bridged)];
        address[8] memory holders = [
            alice,
            client,
            operator,
            address(payment),
            address(bond),
            address(stakeVault),
            address(0xDEAD),
            address(this)
        ];
        for (uint256 i = 0; i < holders.length; ++i) {
            keep(address(bridged), Holdings.at(holders[i], Holdings.BALANCES_SLOT));
        }
    }

    /// After balances changed: they, and the accounts above them, anew.
    function keepBalances() internal {
        keepBalancesOnly();
        keepAccounts();
    }

    function keepAccounts() internal {
        delete _accounts;
        address[6] memory all = contractsBelow();
        for (uint256 i = 0; i < all.length; ++i) {
            keepAccount(all[i], 0);
        }
        keepAccount(alice, 1 ether);
    }

    function contractsBelow() internal view returns (address[6] memory) {
        return [address(bridged), address(up), address(sessions), address(payment), address(bond), address(stakeVault)];
    }

    function showAll() internal {
        address[6] memory all = contractsBelow();
        for (uint256 i = 0; i < all.length; ++i) {
            bytes[] memory balance = i < 3 ? new bytes[](0) : balanceProof(all[i]);
            vault.showContract(all[i], proofOf(all[i]), balance);
        }
    }

    /* LEAVING */

    function leaverOf(uint256 key) internal view returns (IExitVault.Leaver memory) {
        address account = vm.addr(key);
        bytes memory signature = signLeave(isForged ? OUTSIDER_KEY : key, account, address(vault), paidTo);
        return IExitVault.Leaver(account, paidTo, signature);
    }

    function balanceProof(address account) internal view returns (bytes[] memory) {
        return proofOf(address(bridged), Holdings.at(account, Holdings.BALANCES_SLOT));
    }

    function sessionProof(uint32 session, address[] memory lanes)
        internal
        view
        returns (IExitVault.SessionProof memory proof)
    {
        uint256 list = Holdings.at(session, Holdings.LANE_LIST_SLOT);
        proof.owner = proofOf(address(sessions), Holdings.at(session, Holdings.SESSIONS_SLOT));
        proof.account = proofOf(address(payment), Holdings.at(session, Holdings.ACCOUNTS_SLOT));
        proof.count = lanes.length == 0 ? new bytes[](0) : proofOf(address(payment), list);
        proof.lanes = new IExitVault.LaneProof[](lanes.length);
        for (uint256 i = 0; i < lanes.length; ++i) {
            uint256 spent = Holdings.at(lanes[i], Holdings.at(session, Holdings.LANES_SLOT));
            proof.lanes[i] = IExitVault.LaneProof({
                entry: proofOf(address(payment), Holdings.first(list) + i), spent: proofOf(address(payment), spent)
            });
        }
    }

    /// Each holding's claim.
    function callsOf(World memory world) internal view returns (bytes[] memory calls) {
        calls = new bytes[](8);
        calls[0] = abi.encodeCall(vault.claimBalance, (leaverOf(ALICE_KEY), balanceProof(alice)));
        calls[1] = sessionCall(world.session, world.lanes);
        calls[2] = sessionCall(world.unallotted, new address[](0));
        calls[3] = creditCall();
        calls[4] = earningsCall(false);
        calls[5] = earningsCall(true);
        bytes[] memory nodes = proofOf(address(bond), Holdings.at(operator, Holdings.BONDS_SLOT));
        calls[6] = abi.encodeCall(vault.claimBond, (leaverOf(OPERATOR_KEY), nodes));
        calls[7] = stakeCall();
    }

    function sessionCall(uint32 session, address[] memory lanes) internal view returns (bytes memory) {
        return abi.encodeCall(vault.claimSession, (leaverOf(CLIENT_KEY), session, sessionProof(session, lanes)));
    }

    function creditCall() internal view returns (bytes memory) {
        uint256 slot = Holdings.at(miner, Holdings.at(operator, Holdings.CREDITS_SLOT));
        return abi.encodeCall(vault.claimCredit, (leaverOf(MINER_KEY), operator, proofOf(address(payment), slot)));
    }

    function earningsCall(bool isMatured) internal view returns (bytes memory) {
        uint256 slot = Holdings.at(operator, Holdings.EARNINGS_SLOT) + (isMatured ? 1 : 0);
        bytes[] memory nodes = proofOf(address(payment), slot);
        return abi.encodeCall(vault.claimEarnings, (leaverOf(OPERATOR_KEY), isMatured, nodes));
    }

    function stakeCall() internal view returns (bytes memory) {
        uint256 slot = Holdings.at(operator, Holdings.at(operator, Holdings.POSITIONS_SLOT));
        bytes[] memory position = proofOf(address(stakeVault), slot);
        bytes[] memory pool = proofOf(address(stakeVault), Holdings.at(operator, Holdings.STAKES_SLOT));
        return abi.encodeCall(vault.claimStake, (leaverOf(OPERATOR_KEY), operator, position, pool));
    }

    function leaveAll(World memory world) internal {
        onL1();
        bytes[] memory calls = callsOf(world);
        for (uint256 i = 0; i < calls.length; ++i) {
            (bool ok, bytes memory reason) = address(vault).call(calls[i]);
            if (!ok) {
                assembly ("memory-safe") {
                    revert(add(reason, 0x20), mload(reason))
                }
            }
        }
    }
}

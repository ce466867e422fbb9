// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ERC20Burnable } from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import { IMessenger } from "../interfaces/IMessenger.sol";
import { IReceiver } from "../interfaces/IReceiver.sol";
import { IRouters } from "../interfaces/IRouters.sol";
import { IStakeSlasher } from "../interfaces/IStakeSlasher.sol";
import { IStakeVault } from "../interfaces/IStakeVault.sol";
import { Callbacks } from "../libraries/Callbacks.sol";
import { Equivocations } from "../libraries/Equivocations.sol";
import { Offences } from "../libraries/Offences.sol";

/// @title StakeSlasher
contract StakeSlasher is IStakeSlasher {
    struct Parts {
        ERC20Burnable cor;
        IStakeVault vault;
        IRouters registry;
        IMessenger messenger;
        /// Chain on which guards attest and juries judge.
        uint64 guardsChainId;
        /// The attestations whose guards answer here.
        address guards;
        address juries;
    }

    /// A dispute that ended with a slash, as the juries tell it.
    struct Verdict {
        uint64 number;
        address miner;
        address finder;
        address client;
        uint256 feeWei;
    }

    /// @notice Enough to note that a verdict was carried out.
    uint256 public constant ANSWER_GAS = 150_000;
    /// @notice For a slash itself: proof, transfers and shares, beside the vault's reports.
    uint256 public constant SLASH_GAS = 1_000_000;

    ERC20Burnable public immutable cor;
    IStakeVault public immutable vault;
    IRouters public immutable registry;
    IMessenger public immutable messenger;
    /// @notice Chain and addresses of the attestations whose guards answer here, and of the juries.
    uint64 public immutable guardsChainId;
    address public immutable guards;
    address public immutable juries;

    /// @inheritdoc IStakeSlasher
    mapping(bytes32 offenceId => bool) public isJudged;

    constructor(Parts memory parts) {
        cor = parts.cor;
        vault = parts.vault;
        registry = parts.registry;
        messenger = parts.messenger;
        guardsChainId = parts.guardsChainId;
        guards = parts.guards;
        juries = parts.juries;
    }

    /// @inheritdoc IStakeSlasher
    function slash(bytes calldata proof) external returns (uint256 takenWei) {
        (Equivocations.Proof memory shown, address guard) = Equivocations.open(proof, guardsChainId, guards);
        bytes32 offenceId = Equivocations.offenceId(shown, guard);
        require(!isJudged[offenceId], JudgedAlready(offenceId));
        address operator = registry.ownerOf(guard);
        require(operator != address(0), GuardUnknown(guard));
        // The vault reports with what it has: a finder that gives little gas would keep every mirror from hearing of it.
        uint256 needed = vault.reportGas() + SLASH_GAS;
        require(gasleft() >= needed, Callbacks.GasBelow(gasleft(), needed));

        isJudged[offenceId] = true;
        takenWei = _take(Offences.Offence.Equivocation, operator, 0);
        require(takenWei != 0, NothingAtStake(operator));
        emit EquivocationSlashed(guard, operator, msg.sender, offenceId, takenWei);
        Offences.distribute(cor, Offences.Offence.Equivocation, takenWei, msg.sender, address(0));
    }

    /// @inheritdoc IReceiver
    /// @dev A verdict. One that comes again changes nothing; one that finds nothing at stake is carried out with that, so that no message waits
    /// for ever.
    function onMessage(uint64 src, address from, bytes32, bytes calldata body) external {
        require(msg.sender == address(messenger), NotMessenger(msg.sender));
        require(src == guardsChainId && from == juries, NotJuries(src, from));
        Verdict memory verdict = abi.decode(body, (Verdict));
        bytes32 offenceId = verdictIdOf(verdict.number);
        if (isJudged[offenceId]) return;

        isJudged[offenceId] = true;
        address operator = registry.ownerOf(verdict.miner);
        uint256 takenWei = _take(Offences.Offence.WrongResult, operator, verdict.feeWei);
        emit VerdictSlashed(verdict.miner, operator, verdict.finder, offenceId, takenWei);
        Offences.distribute(cor, Offences.Offence.WrongResult, takenWei, verdict.finder, verdict.client);
        messenger.send(src, from, abi.encode(verdict.number), ANSWER_GAS);
    }

    /// @inheritdoc IStakeSlasher
    function verdictIdOf(uint64 number) public view returns (bytes32) {
        return keccak256(abi.encode(guardsChainId, juries, number));
    }

    /// What an offence costs, as far as there is something to take.
    function _take(Offences.Offence offence, address operator, uint256 causeWei) internal returns (uint256) {
        uint256 penaltyWei = Offences.penaltyWeiUp(offence, causeWei, vault.stakeOf(operator).heldWei);
        return vault.slash(operator, penaltyWei, address(this));
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IDepositPortal, IOutputOracle } from "../../src/interfaces/ILastState.sol";

/// The shape of the OP Stack's oracle, by its own rules: its proposer alone, at its own steps; a challenger within the window.
contract ShapedOracle is IOutputOracle {
    uint256 public constant STEP = 2;
    uint256 public constant finalizationPeriodSeconds = 7 days;

    address public immutable proposer;
    OutputProposal[] internal _outputs;

    error Refused(string why);

    constructor(address proposer_) {
        proposer = proposer_;
    }

    function proposeL2Output(bytes32 outputRoot, uint256 number, bytes32 l1Hash, uint256 l1Number) external payable {
        require(msg.sender == proposer, Refused("proposer"));
        require(l1Hash == 0 || blockhash(l1Number) == l1Hash, Refused("hash"));
        require(number == nextBlockNumber(), Refused("number"));
        require(outputRoot != 0, Refused("root"));
        _outputs.push(OutputProposal(outputRoot, uint128(block.timestamp), uint128(number)));
    }

    /// As the challenger.
    function remove(uint256 index) external {
        require(block.timestamp - _outputs[index].timestamp < finalizationPeriodSeconds, Refused("final"));
        while (_outputs.length > index) _outputs.pop();
    }

    function nextOutputIndex() external view returns (uint256) {
        return _outputs.length;
    }

    function nextBlockNumber() public view returns (uint256) {
        return (_outputs.length + 1) * STEP;
    }

    function getL2Output(uint256 index) external view returns (OutputProposal memory) {
        return _outputs[index];
    }
}

contract ShapedPortal is IDepositPortal {
    uint256 public deposits;
    /// What the last one says.
    bytes public said;

    function depositTransaction(address to, uint256 valueWei, uint64 gas, bool isCreation, bytes memory data)
        external
        payable
    {
        deposits += 1;
        said = abi.encode(to, valueWei, gas, isCreation, data);
    }
}

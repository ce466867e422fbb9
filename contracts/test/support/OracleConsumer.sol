// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IInferenceOracle } from "../../src/interfaces/IInferenceOracle.sol";
import { ISessionQueue } from "../../src/interfaces/ISessionQueue.sol";
import { ISessions } from "../../src/interfaces/ISessions.sol";

/// A contract with a session, that asks the oracle and does with the answer what it is told to.
contract OracleConsumer {
    enum Manner {
        Keep,
        Revert,
        RevertWithMuch,
        Burn,
        ReturnMuch,
        Reenter
    }

    IInferenceOracle internal immutable _oracle;
    uint32 public immutable account;
    Manner public manner;
    bytes internal _reentry;

    bytes32 public taskId;
    uint256 public calls;
    bool public isAnswered;
    bytes public answer;
    bytes public reentryAnswer;

    error Unwanted();

    constructor(
        IInferenceOracle oracle,
        ISessionQueue queue,
        ISessions sessions,
        ISessions.SessionParams memory params
    ) {
        _oracle = oracle;
        (account,) = sessions.create(params);
        queue.setEnqueuer(address(oracle), true);
    }

    function behave(Manner manner_, bytes calldata reentry) external {
        manner = manner_;
        _reentry = reentry;
    }

    function ask(
        IInferenceOracle.Question calldata question,
        IInferenceOracle.Terms calldata terms,
        IInferenceOracle.Callback calldata callback
    ) external returns (bytes32) {
        return _oracle.request(account, question, terms, callback);
    }

    function onInference(bytes32 taskId_, bool isAnswered_, bytes calldata answer_) external {
        if (manner == Manner.Revert) revert Unwanted();
        if (manner == Manner.RevertWithMuch) {
            assembly {
                revert(0, 200000)
            }
        }
        if (manner == Manner.ReturnMuch) {
            assembly {
                return(0, 200000)
            }
        }
        while (manner == Manner.Burn) { }
        calls += 1;
        (taskId, isAnswered, answer) = (taskId_, isAnswered_, answer_);
        if (manner == Manner.Reenter) (, reentryAnswer) = address(_oracle).call(_reentry);
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Claims } from "../../src/libraries/Claims.sol";
import { Draws } from "../../src/libraries/Draws.sol";
import { Precommits } from "../../src/libraries/Precommits.sol";
import { Assertions } from "../../test/support/Assertions.sol";

/// Precommits as the contract makes them that they are made to.
contract Precommitter {
    function hash(bytes32 taskId, address miner, bytes32 salt, bytes32 resultHash) external view returns (bytes32) {
        return Precommits.precommitHash(taskId, miner, salt, resultHash);
    }
}

/// The golden vectors of draws and precommits, and that claims, put in in any order, end in the draw's.
contract DrawsTest is Assertions {
    using Claims for Claims.Claim[];

    string internal vectors = vm.readFile("packages/protocol/vectors/draws.json");
    mapping(uint256 index => Claims.Claim[]) internal lists;
    Claims.Claim[] internal claims;

    function at(uint256 index, string memory field) internal pure returns (string memory) {
        return string.concat(".draws[", vm.toString(index), "].", field);
    }

    function test_DrawsInTheOrderOfTheVectors() public {
        uint256 draws = 0;
        while (vm.keyExistsJson(vectors, at(draws, "beacon"))) {
            checkDraw(draws++);
        }
        assertTrue(draws >= 5, "there are draws");
    }

    function checkDraw(uint256 index) internal {
        address[] memory order = vm.parseJsonAddressArray(vectors, at(index, "order"));
        uint8 purpose = uint8(vm.parseJsonUint(vectors, at(index, "purpose")));
        bytes32 beacon = vm.parseJsonBytes32(vectors, at(index, "beacon"));
        bytes32 subject = vm.parseJsonBytes32(vectors, at(index, "subject"));
        Claims.Claim[] storage list = lists[index];
        for (uint256 i = 0; i < order.length; ++i) {
            string memory candidate = at(index, string.concat("candidates[", vm.toString(i), "]."));
            address node = vm.parseJsonAddress(vectors, string.concat(candidate, "node"));
            uint256 weight = vm.parseJsonUint(vectors, string.concat(candidate, "weight"));
            uint256 ticket = Draws.lowestTicket(purpose, beacon, subject, node, weight);
            list.put(Claims.claimOf(ticket, node, node), order.length);
        }
        Claims.Claim[] memory sorted = list.inOrder();
        for (uint256 i = 0; i < order.length; ++i) {
            assertEq(sorted[i].node, order[i], "drawn");
        }
    }

    function test_PrecommitsAsTheVectorsDo() public {
        address target = vm.parseJsonAddress(vectors, ".precommit.contract");
        assertEq(vm.parseJsonUint(vectors, ".precommit.chainId"), block.chainid, "chain");
        vm.etch(target, address(new Precommitter()).code);
        bytes32 taskId = vm.parseJsonBytes32(vectors, ".precommit.taskId");
        address miner = vm.parseJsonAddress(vectors, ".precommit.miner");
        for (uint256 i = 0; i < 3; ++i) {
            string memory path = string.concat(".precommit.cases[", vm.toString(i), "].");
            bytes32 salt = vm.parseJsonBytes32(vectors, string.concat(path, "salt"));
            bytes32 resultHash = vm.parseJsonBytes32(vectors, string.concat(path, "resultHash"));
            bytes32 expected = vm.parseJsonBytes32(vectors, string.concat(path, "hash"));
            assertEq(Precommitter(target).hash(taskId, miner, salt, resultHash), expected, "hash");
        }
        bytes32 other = new Precommitter().hash(taskId, miner, 0, 0);
        assertTrue(other != Precommitter(target).hash(taskId, miner, 0, 0), "another contract's is another");
    }

    function put(Claims.Claim memory claim, uint256 most) external {
        claims.put(claim, most);
    }

    /// The list always holds the lowest tickets of as many holders, whatever comes in what order.
    function testFuzz_KeepsTheLowestTicketOfEachHolder(uint96[24] memory tickets, uint256 most) public {
        most = bound(most, 1, 8);
        for (uint256 i = 0; i < tickets.length; ++i) {
            address holder = address(uint160(1 + i % 12));
            (bool ok,) = address(this)
                .call(abi.encodeCall(this.put, (Claims.Claim(tickets[i], address(uint160(100 + i)), holder), most)));
            assertTrue(ok || claims.length > 0, "refused only for lower ones");
        }
        Claims.Claim[] memory sorted = claims.inOrder();
        assertEq(sorted.length, most, "as many as are kept");
        uint96[] memory lowest = lowestOf(tickets);
        for (uint256 i = 0; i < most; ++i) {
            assertEq(sorted[i].ticket, lowest[i], "the lowest");
        }
    }

    /// Each holder's lowest ticket, sorted.
    function lowestOf(uint96[24] memory tickets) internal pure returns (uint96[] memory lowest) {
        lowest = new uint96[](12);
        for (uint256 i = 0; i < 12; ++i) {
            uint96 each = tickets[i] < tickets[i + 12] ? tickets[i] : tickets[i + 12];
            uint256 j = i;
            for (; j > 0 && lowest[j - 1] > each; --j) {
                lowest[j] = lowest[j - 1];
            }
            lowest[j] = each;
        }
    }
}

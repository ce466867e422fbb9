import { encodeSettlementSet, keccak256, type SettlementLeaf, utf8ToBytes } from "@cortensor/protocol";
import type { GuardBlock, GuardChain, GuardParts } from "../src/guard/index.js";

const wordOf = (name: string) => keccak256(utf8ToBytes(name));

const SET = encodeSettlementSet([{ id: wordOf("task"), resultsHash: wordOf("results"), feeWei: 5n, payees: [] }]);
const SETTLEMENT: SettlementLeaf = {
  lane: `0x${"11".repeat(20)}`,
  settlementId: wordOf("settlement"),
  settlementRoot: SET.settlementRoot,
  setCid: SET.setCid,
  debitedWei: 5n,
};
/**
 * A chain as a liar tells it: with a settlement and a task that there are not, and other states and beacons. Every liar tells the
 * same, so that they sign the same other roots.
 */
export function lieAbout(chain: GuardChain): Pick<GuardParts, "chain" | "readFindings" | "fetchSet"> {
  const lied = (block: GuardBlock): GuardBlock => ({ ...block, stateRoot: wordOf(`state of ${block.number}`) });
  return {
    chain: {
      ...chain,
      readHead: async () => lied(await chain.readHead()),
      readBlock: async (number) => {
        const block = await chain.readBlock(number);
        return block && lied(block);
      },
      readSettlements: async (range) => [...(await chain.readSettlements(range)), SETTLEMENT],
      readBeacon: async (epoch) => {
        const beacon = await chain.readBeacon(epoch);
        return beacon && wordOf(`not ${beacon}`);
      },
    },
    readFindings: async () => [],
    fetchSet: async () => SET.bytes,
  };
}

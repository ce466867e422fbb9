import { privateKeyToAccount } from "viem/accounts";
import { byAddress, hash, word } from "./packing.mjs";

export const accounts = Array.from({ length: 32 }, (_, index) => {
  const privateKey = word(`guard ${index}`);
  return { privateKey, account: privateKeyToAccount(privateKey) };
})
  .map(({ privateKey, account }) => ({ guard: account.address.toLowerCase(), privateKey, account }))
  .sort(byAddress);

function setOf(epoch, stakes) {
  const members = stakes.map((stakeWei, index) => ({ guard: accounts[index].guard, stakeWei }));
  const entries = members.flatMap(({ guard, stakeWei }) => [
    ["address", guard],
    ["uint96", stakeWei],
  ]);
  const setHash = hash(["string", "guard-set-v1"], ["uint64", epoch], ["uint8", members.length], ...entries);
  return { epoch, members, setHash, totalWei: stakes.reduce((sum, stakeWei) => sum + stakeWei, 0n) };
}
const equal = (count) => Array.from({ length: count }, () => 10n ** 21n);
export const sets = [
  setOf(7n, equal(1)),
  setOf(7n, [1n, 2n, 3n, 4n]),
  setOf(7n, equal(7)),
  setOf(
    8n,
    equal(32).map((stakeWei, index) => stakeWei * BigInt(index + 1)),
  ),
  setOf(9007199254740991n, [2n ** 96n - 1n, 2n ** 96n - 1n, 1n]),
];

export function leaders({ epoch, members, totalWei }, beacon) {
  const left = [...members];
  const order = [];
  let leftWei = totalWei;
  for (let rank = 0; left.length > 0; rank += 1) {
    const point =
      BigInt(hash(["string", "leader-v1"], ["bytes32", beacon], ["uint64", epoch], ["uint8", rank])) % leftWei;
    let sum = 0n;
    const place = left.findIndex(({ stakeWei }) => {
      sum += stakeWei;
      return sum > point;
    });
    order.push(left[place].guard);
    leftWei -= left[place].stakeWei;
    left.splice(place, 1);
  }
  return { set: sets.findIndex((set) => set.members === members), beacon, order };
}

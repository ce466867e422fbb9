import { CHAIN_ID } from "./attested.mjs";
import { byAddress, hash, word, ZERO } from "./packing.mjs";
import { accounts } from "./sets.mjs";

export function beacon({ epoch, previous, shown, silent, drand }) {
  const secretOf = (place) => word(`secret ${place}`);
  const commits = [...shown, ...silent].map((place) => ({
    guard: accounts[place].guard,
    commitment: hash(
      ["string", "beacon-commit-v1"],
      ["uint256", BigInt(CHAIN_ID)],
      ["uint64", epoch],
      ["address", accounts[place].guard],
      ["bytes32", secretOf(place)],
    ),
  }));
  const reveals = shown.map((place) => ({ guard: accounts[place].guard, secret: secretOf(place) }));
  const value = hash(
    ["string", "beacon-v2"],
    ["uint256", BigInt(CHAIN_ID)],
    ["uint64", epoch],
    ["bytes32", previous],
    ["uint8", shown.length],
    ...[...reveals].sort(byAddress).flatMap(({ guard, secret }) => [
      ["address", guard],
      ["bytes32", secret],
    ]),
    ["uint64", BigInt(drand?.round ?? 0)],
    ["bytes32", drand?.randomness ?? ZERO],
  );
  return { epoch, previous, commits, reveals, ...(drand === undefined ? {} : { drand }), beacon: value };
}

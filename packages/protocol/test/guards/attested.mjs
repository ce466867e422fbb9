import {
  concat,
  hashStruct,
  hashTypedData,
  parseSignature,
  serializeCompactSignature,
  signatureToCompactSignature,
} from "viem";
import { address, KINDS, packed, word } from "./packing.mjs";
import { accounts, sets } from "./sets.mjs";

export const CHAIN_ID = 31337;
export const GUARDS = address("guards");
const domain = { name: "Cortensor", version: "1", chainId: CHAIN_ID, verifyingContract: GUARDS };
const ATTESTATION = [
  { name: "subjectChainId", type: "uint64" },
  { name: "kind", type: "uint8" },
  { name: "epoch", type: "uint64" },
  { name: "root", type: "bytes32" },
];
const typed = ({ subjectChainId, kind, epoch, root }) => ({
  types: { Attestation: ATTESTATION },
  primaryType: "Attestation",
  domain,
  message: { subjectChainId, kind: KINDS.indexOf(kind) + 1, epoch, root },
});
export const structHashOf = (attestation) => {
  const { types, primaryType, message } = typed(attestation);
  return hashStruct({ data: message, types, primaryType });
};
export const digestOf = (attestation) => hashTypedData(typed(attestation));
const sign = async ({ account }, attestation) => {
  const signature = parseSignature(await account.signTypedData(typed(attestation)));
  return serializeCompactSignature(signatureToCompactSignature(signature));
};
export const typeString = `Attestation(${ATTESTATION.map(({ name, type }) => `${type} ${name}`).join(",")})`;
export const attestations = KINDS.map((kind, index) => ({
  subjectChainId: 10n ** BigInt(3 * index),
  kind,
  epoch: 7n + BigInt(index),
  root: word(`root ${kind}`),
}));

const signatureOf = Object.fromEntries(
  await Promise.all(accounts.map(async (one) => [one.guard, await sign(one, attestations[2])])),
);
function quorum(set, places) {
  const chosen = places.map((place) => sets[set].members[place]);
  const bitmap = places.reduce((bits, place) => bits + 2 ** place, 0);
  const signedWei = chosen.reduce((sum, { stakeWei }) => sum + stakeWei, 0n);
  return {
    set,
    digest: digestOf(attestations[2]),
    packed: concat([packed(["uint32", bitmap]), ...chosen.map(({ guard }) => signatureOf[guard])]),
    signers: chosen.map(({ guard }) => guard),
    isQuorum: 3n * signedWei > 2n * sets[set].totalWei,
  };
}
const places = (count) => Array.from({ length: count }, (_, place) => place);
export const quorums = [
  quorum(0, [0]),
  quorum(2, [0, 1, 2, 3]),
  quorum(2, [0, 2, 3, 5, 6]),
  quorum(1, [2, 3]),
  quorum(1, [1, 2]),
];
quorums.push(quorum(3, places(32)));
const five = quorums[2].packed.slice(2);
const HALF = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;
const cut = (from, to) => five.slice(2 * from, to === undefined ? undefined : 2 * to);
const zero = "00".repeat(32);
export const refused = [
  ["cut short", `0x${five.slice(0, -2)}`],
  ["going on", `0x${five}00`],
  ["from nobody", "0x00000000"],
  ["a bit beyond the set", `0x00000080${cut(4, 68)}`],
  ["in another order", `0x${cut(0, 4)}${cut(68, 132)}${cut(4, 68)}${cut(132)}`],
  ["one signature twice", `0x${cut(0, 4)}${cut(4, 68)}${cut(4, 68)}${cut(132)}`],
  ["a zero r", `0x${cut(0, 4)}${zero}${cut(36)}`],
  ["a zero s", `0x${cut(0, 36)}${zero}${cut(68)}`],
  ["a high s", `0x${cut(0, 36)}${(HALF + 1n).toString(16).padStart(64, "0")}${cut(68)}`],
  [
    "the other parity",
    `0x${cut(0, 36)}${(Number.parseInt(cut(36, 37), 16) ^ 0x80).toString(16).padStart(2, "0")}${cut(37)}`,
  ],
].map(([what, bytes]) => ({ what, set: 2, digest: quorums[2].digest, packed: bytes }));

export async function equivocation(place, attestation) {
  const two = [attestation, { ...attestation, root: word("another root") }].sort((a, b) => (a.root < b.root ? -1 : 1));
  const { subjectChainId, kind, epoch } = attestation;
  const head = packed(["uint64", BigInt(CHAIN_ID)], ["address", GUARDS], ["uint64", subjectChainId]);
  const signatures = await Promise.all(two.map((one) => sign(accounts[place], one)));
  const numbers = packed(["uint8", KINDS.indexOf(kind) + 1], ["uint64", epoch]);
  return { bytes: concat([head, numbers, two[0].root, two[1].root, ...signatures]), signer: accounts[place].guard };
}

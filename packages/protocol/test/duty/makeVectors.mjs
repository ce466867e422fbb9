/**
 * Makes `vectors.json` with viem alone: a second reading of docs/GUARDS.md, so that validators, auditors and contracts agree on bytes that none
 * of them made up. Run: node packages/protocol/test/duty/makeVectors.mjs, then biome check --write on the file.
 */
import { writeFileSync } from "node:fs";
import {
  concat,
  hashStruct,
  hashTypedData,
  keccak256,
  parseSignature,
  serializeCompactSignature,
  sha256,
  signatureToCompactSignature,
  stringToHex,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { address, hash, packed, word, ZERO } from "../guards/packing.mjs";
import { reputations } from "./reputations.mjs";

const CHAIN_ID = 31337;
const GUARDS = address("guards");
const domain = { name: "Cortensor", version: "1", chainId: CHAIN_ID, verifyingContract: GUARDS };
const TYPES = {
  Verdict: [
    ["bytes32", "taskId"],
    ["uint8", "tier"],
    ["uint8", "outcome"],
    ["bytes32", "stats"],
    ["uint32", "firstDiff"],
    ["bytes32", "salt"],
  ],
  DutyRequest: [
    ["uint64", "epoch"],
    ["bytes32", "taskId"],
  ],
  JuryVote: [
    ["bytes32", "taskId"],
    ["bytes32", "resultHash"],
    ["uint8", "outcome"],
  ],
};
const VERDICTS = ["passed", "failed", "undecided", "withheld"];
const VOTES = ["passed", "failed"];
const typeString = (name) => `${name}(${TYPES[name].map((field) => field.join(" ")).join(",")})`;
const typed = (primaryType, message) => ({
  types: { [primaryType]: TYPES[primaryType].map(([type, name]) => ({ type, name })) },
  primaryType,
  domain,
  message,
});
const key = word("validator's key");
const account = privateKeyToAccount(key);
const validator = account.address.toLowerCase();
const sign = async (message) =>
  serializeCompactSignature(signatureToCompactSignature(parseSignature(await account.signTypedData(message))));
const structHash = ({ types, primaryType, message }) => hashStruct({ data: message, types, primaryType });

async function verdict(of) {
  const message = { ...of, outcome: VERDICTS.indexOf(of.outcome) };
  const data = typed("Verdict", message);
  const digest = hashTypedData(data);
  const signature = await sign(data);
  const fields = TYPES.Verdict.map(([type, name]) => [type, message[name]]);
  return {
    verdict: of,
    structHash: structHash(data),
    digest,
    commitment: hash(["string", "verdict-commit-v1"], ["address", validator], ["bytes32", digest]),
    bytes: concat([packed(...fields), signature]),
  };
}

async function vote(of) {
  const data = typed("JuryVote", { ...of, outcome: VOTES.indexOf(of.outcome) });
  const signature = await sign(data);
  const bytes = packed(["bytes32", of.taskId], ["bytes32", of.resultHash], ["uint8", data.message.outcome]);
  return { vote: of, structHash: structHash(data), digest: hashTypedData(data), bytes: concat([bytes, signature]) };
}

const secret = word("secret");
const secretVector = (chainId, epoch) => ({
  chainId,
  epoch,
  validator,
  secret,
  commitment: hash(
    ["string", "duty-secret-v1"],
    ["uint256", BigInt(chainId)],
    ["uint64", BigInt(epoch)],
    ["address", validator],
    ["bytes32", secret],
  ),
});
function duty(index, ratePpm, weight, total) {
  const taskId = word(`task ${index}`);
  const point = hash(["string", "audit-v1"], ["bytes32", secret], ["bytes32", taskId]);
  const bound = (2n ** 256n * BigInt(ratePpm) * weight) / (1_000_000n * total);
  return { taskId, point, ratePpm, weight, total, bound: `0x${bound.toString(16)}`, isDuty: BigInt(point) < bound };
}
const RATES = [
  [50_000, 1n, 7n],
  [500_000, 3n, 4n],
  [1_000_000, 1n, 2n],
  [1_000_000, 5n, 5n],
  [0, 1n, 1n],
  [123_457, 3n * 10n ** 24n, 7n * 10n ** 25n],
];
/** Steps of 1/256 nat, as a fingerprint has them. */
const plantedParts = (salt, position) => {
  const bytes = Buffer.from(
    hash(["string", "plant-logprobs-v1"], ["bytes32", salt], ["uint32", position]).slice(2),
    "hex",
  );
  const parts = [];
  let [left, last] = [1, 1];
  for (let index = 0; index < 5; index += 1) {
    const draw = (bytes.readUInt16BE(2 * index) + 1) / 65_537;
    const part = index === 0 ? 0.15 + 0.85 * draw : draw * Math.min(last, left);
    parts.push(Math.round(-Math.log(part) * 256));
    [left, last] = [left - part, part];
  }
  return parts;
};
const plant = (index) => {
  const salt = word(`salt ${index}`);
  const commitment = hash(["string", "plant-v2"], ["address", validator], ["bytes32", salt]);
  return { planter: validator, salt, commitment, parts: [0, 1, 31].map((position) => plantedParts(salt, position)) };
};
const OUTCOMES = ["passed", undefined, "failed", "undecided", "withheld"];
const outcomesVector = (outcomes) => {
  const halves = outcomes.map((one) => (one === undefined ? 0 : VERDICTS.indexOf(one) + 1));
  if (halves.length % 2 === 1) halves.push(0);
  const bytes = `0x${halves.map((half) => half.toString(16)).join("")}`;
  const documentCid = word("document");
  return {
    outcomes: outcomes.map((one) => one ?? null),
    bytes,
    chainId: CHAIN_ID,
    epoch: 7,
    validator,
    documentCid,
    commitment: hash(
      ["string", "duty-verdicts-v1"],
      ["uint256", BigInt(CHAIN_ID)],
      ["uint64", 7n],
      ["address", validator],
      ["bytes32", documentCid],
      ["bytes", bytes],
    ),
  };
};
async function documentVector(verdicts) {
  const shown = await Promise.all(verdicts.map(verdict));
  const sorted = shown.sort((left, right) => (left.verdict.taskId < right.verdict.taskId ? -1 : 1));
  const head = packed(["uint8", 1], ["uint64", BigInt(CHAIN_ID)], ["uint64", 7n], ["address", validator]);
  const bytes = concat([head, packed(["uint32", sorted.length]), ...sorted.map((one) => one.bytes)]);
  return { epoch: 7, verdicts, bytes, cid: sha256(bytes) };
}
async function requestVector(of) {
  const data = typed("DutyRequest", { ...of, epoch: BigInt(of.epoch) });
  return { request: of, digest: hashTypedData(data), signature: await sign(data) };
}
const told = { taskId: word("task 0"), stats: word("stats"), firstDiff: 0xffffffff, salt: word("salt") };

const vectors = {
  chainId: CHAIN_ID,
  guards: GUARDS,
  key,
  validator,
  types: Object.keys(TYPES).map((name) => ({
    typeString: typeString(name),
    typeHash: keccak256(stringToHex(typeString(name))),
  })),
  secrets: [secretVector(CHAIN_ID, 7), secretVector(1, 7), secretVector(CHAIN_ID, 9_007_199_254_740_991)],
  duties: RATES.flatMap(([ratePpm, weight, total]) =>
    Array.from({ length: 6 }, (_, index) => duty(index, ratePpm, weight, total)),
  ),
  verdicts: await Promise.all([
    verdict({ ...told, tier: 1, outcome: "passed" }),
    verdict({ ...told, tier: 1, outcome: "undecided", stats: ZERO }),
    verdict({ ...told, tier: 2, outcome: "failed", firstDiff: 31 }),
    verdict({ ...told, tier: 2, outcome: "withheld" }),
  ]),
  outcomes: [outcomesVector(OUTCOMES), outcomesVector(OUTCOMES.slice(0, 2)), outcomesVector([])],
  documents: [
    await documentVector([
      { ...told, tier: 1, outcome: "passed" },
      { ...told, tier: 1, outcome: "failed", taskId: word("task 1"), firstDiff: 3 },
      { ...told, tier: 1, outcome: "withheld", taskId: word("task 2"), stats: ZERO },
    ]),
  ],
  requests: [await requestVector({ epoch: 7, taskId: word("task 0") })],
  votes: await Promise.all(
    VOTES.map((outcome) => vote({ taskId: word("task 0"), resultHash: word(`result ${outcome}`), outcome })),
  ),
  plants: [plant(0), plant(1)],
  reputations,
};
const text = JSON.stringify(vectors, (_key, value) => (typeof value === "bigint" ? value.toString() : value), 2);
writeFileSync(new URL("./vectors.json", import.meta.url), `${text}\n`);

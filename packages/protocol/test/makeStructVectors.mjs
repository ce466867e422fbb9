/**
 * Makes `vectors/structs.json` and `vectors/signatures.json` with viem alone, so that they bind our own hand-packed hashing to
 * another implementation. Solidity tests read the same files. Run: node packages/protocol/test/makeStructVectors.mjs
 */
import { readFileSync, writeFileSync } from "node:fs";
import { encodeAbiParameters, hashStruct, hashTypedData, keccak256, stringToHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";

const CHAIN_ID = 31337;
const word = (tag) => keccak256(stringToHex(tag));
const address = (tag) => `0x${word(tag).slice(26)}`;
const domains = {
  registry: { name: "Cortensor", version: "1", chainId: CHAIN_ID, verifyingContract: address("registry") },
  payment: { name: "Cortensor", version: "1", chainId: CHAIN_ID, verifyingContract: address("payment") },
};
const position = {
  taskId: word("task"),
  miner: address("miner"),
  replica: 6,
  segment: 65535,
  position: 4294967295,
  tokenRoot: word("tokenRoot"),
};

/** Values as the chain sees them: enums are numbers, wei are decimal strings. */
const messages = {
  Task: {
    account: 7,
    session: word("session"),
    seq: 4294967295,
    modelId: word("model"),
    promptCommit: word("prompt"),
    paramsHash: word("params"),
    maxIn: 1000,
    maxOut: 256,
    feeCapWei: "79228162514264337593543950335",
    deadline: 1900000000,
    userNonce: word("nonce"),
    privacy: 1,
    redundancy: 3,
  },
  Assignment: {
    taskId: word("task"),
    miner: address("miner"),
    replica: 2,
    segment: 1,
    from: 64,
    kernelClass: word("kernelClass"),
    epoch: 9007199254740991,
    expires: 1900000030,
    weiPerTokenIn: "1000000000000",
    weiPerTokenOut: "18446744073709551616",
  },
  Checkpoint: position,
  Acknowledgement: position,
  Result: {
    taskId: word("task"),
    miner: address("miner"),
    replica: 0,
    segment: 1,
    from: 64,
    to: 131,
    tokenRoot: word("tokenRoot"),
    fpRoot: word("fpRoot"),
    recipeHash: word("recipe"),
    outCommit: word("output"),
    nIn: 12,
    nOut: 67,
    finish: 1,
    kernelClass: word("kernelClass"),
    tFirstMs: 41,
    tTotalMs: 1234,
  },
  Receipt: {
    taskId: word("task"),
    account: 7,
    operator: address("operator"),
    resultsHash: word("results"),
    payeesHash: word("payees"),
    feeWei: "123456789012345678901",
    nIn: 12,
    nOut: 131,
    custody: 2,
    finish: 0,
    epoch: 42,
    splitsHash: word("splits"),
  },
  CreditNote: {
    operator: address("operator"),
    payee: address("miner"),
    cumulativeWei: "79228162514264337593543950335",
    receiptsRoot: word("paid segments"),
    count: 4294967295,
    epoch: 42,
  },
  PaidSegment: { taskId: word("task"), replica: 6, segment: 65535, netWei: "113580245711357024588" },
  Debit: {
    account: 7,
    lane: address("operator"),
    cumulativeWei: "123456789012345678901",
    receiptsRoot: word("receipts"),
    count: 3,
    epoch: 42,
  },
  Batch: { root: word("root"), count: 1024, sequence: 4294967296 },
  ConnectionCertificate: { node: address("miner"), connectionKey: word("ed25519"), expires: 1900000000 },
  Access: { account: 7, lane: address("operator"), expires: 1900000000 },
  SpendingKey: {
    account: 7,
    key: address("spender"),
    capPerEpochWei: "5000000000000000000",
    totalCapWei: "79228162514264337593543950335",
    expires: 1900000000,
  },
};
const paymentStructs = new Set(["Debit", "Access", "SpendingKey"]);

/** Fields from the type strings that the sources state in their comments, not from the table they are checked with. */
function fieldsOf(name) {
  const folder = new URL("../src/", import.meta.url);
  const files = [
    "task",
    "assignment",
    "checkpoint",
    "result",
    "receipt",
    "creditNote",
    "debit",
    "batch",
    "certificates",
  ];
  for (const file of files) {
    const prose = readFileSync(new URL(`${file}.ts`, folder), "utf8").replace(/\n \* ?/g, " ");
    const found = new RegExp(`\\b${name}\\(([^)]*)\\)`).exec(prose);
    if (found) return found[1].split(",").map((field) => field.trim().split(/\s+/));
  }
  throw new Error(`no type string for ${name}`);
}

const structs = Object.entries(messages).map(([primaryType, message]) => {
  const fields = fieldsOf(primaryType);
  const types = { [primaryType]: fields.map(([type, name]) => ({ type, name })) };
  const domainName = paymentStructs.has(primaryType) ? "payment" : "registry";
  const typeString = `${primaryType}(${fields.map((field) => field.join(" ")).join(",")})`;
  return {
    name: primaryType,
    domain: domainName,
    typeString,
    typeHash: keccak256(stringToHex(typeString)),
    message,
    structHash: hashStruct({ data: message, primaryType, types }),
    digest: hashTypedData({ domain: domains[domainName], types, primaryType, message }),
  };
});

const signatures = await Promise.all(
  ["one", "two", "three"].map(async (tag, index) => {
    const privateKey = word(`key ${tag}`);
    const account = privateKeyToAccount(privateKey);
    const digest = structs[index].digest;
    return {
      privateKey,
      address: account.address.toLowerCase(),
      digest,
      signature: await account.sign({ hash: digest }),
    };
  }),
);

const write = (name, value) =>
  writeFileSync(new URL(`../vectors/${name}.json`, import.meta.url), `${JSON.stringify(value, null, 2)}\n`);
write("structs", { chainId: CHAIN_ID, domains, structs });
write("signatures", signatures);

/** The published shares in basis points, in the order in which they are hashed. */
const ORDER = ["miners", "validators", "router", "treasury", "modelOwner"];
const SHARES = [
  { sessionClass: "unvalidated", hasModelOwner: false, bps: [9200, 0, 500, 300, 0] },
  { sessionClass: "unvalidated", hasModelOwner: true, bps: [8700, 0, 500, 300, 500] },
  { sessionClass: "validated", hasModelOwner: false, bps: [8300, 900, 500, 300, 0] },
  { sessionClass: "validated", hasModelOwner: true, bps: [7800, 900, 500, 300, 500] },
];
/** Fees of two payee entries each. */
const FEES = [
  ["0", "0"],
  ["1", "1"],
  ["9999", "10001"],
  ["123456789012345678901", "3"],
  ["39614081257132168796771975167", "39614081257132168796771975168"],
];
const portion = (wei, bps) => (BigInt(wei) * BigInt(bps)) / 10000n;
write(
  "splits",
  SHARES.map(({ sessionClass, hasModelOwner, bps }) => ({
    sessionClass,
    hasModelOwner,
    ...Object.fromEntries(ORDER.map((name, index) => [`${name}Bps`, bps[index]])),
    splitsHash: keccak256(
      encodeAbiParameters(
        bps.map(() => ({ type: "uint256" })),
        bps.map(BigInt),
      ),
    ),
    fees: FEES.map((payees) => {
      const feeWei = payees.reduce((sum, wei) => sum + BigInt(wei), 0n);
      const netWei = payees.map((wei) => portion(wei, bps[0]));
      const [validatorsWei, , treasuryWei, modelOwnerWei] = bps.slice(1).map((one) => portion(feeWei, one));
      const given = netWei.reduce((sum, wei) => sum + wei, validatorsWei + treasuryWei + modelOwnerWei);
      const text = { validatorsWei, treasuryWei, modelOwnerWei, operatorWei: feeWei - given };
      return {
        payeesWei: payees,
        netWei: netWei.map(String),
        ...Object.fromEntries(Object.entries(text).map(([name, wei]) => [name, String(wei)])),
      };
    }),
  })),
);

/**
 * Every struct that is hashed, field by field, in the order that makes its type string. Usable as viem's `types`.
 * The Solidity twins carry the same strings; golden vectors in `vectors/structs.json` bind both.
 */
export const eip712Types = {
  Task: [
    { name: "account", type: "uint32" },
    { name: "session", type: "bytes32" },
    { name: "seq", type: "uint32" },
    { name: "modelId", type: "bytes32" },
    { name: "promptCommit", type: "bytes32" },
    { name: "paramsHash", type: "bytes32" },
    { name: "maxIn", type: "uint32" },
    { name: "maxOut", type: "uint32" },
    { name: "feeCapWei", type: "uint96" },
    { name: "deadline", type: "uint64" },
    { name: "userNonce", type: "bytes32" },
    { name: "privacy", type: "uint8" },
    { name: "redundancy", type: "uint8" },
  ],
  Assignment: [
    { name: "taskId", type: "bytes32" },
    { name: "miner", type: "address" },
    { name: "replica", type: "uint8" },
    { name: "segment", type: "uint16" },
    { name: "from", type: "uint32" },
    { name: "kernelClass", type: "bytes32" },
    { name: "epoch", type: "uint64" },
    { name: "expires", type: "uint64" },
    { name: "weiPerTokenIn", type: "uint96" },
    { name: "weiPerTokenOut", type: "uint96" },
  ],
  Checkpoint: [
    { name: "taskId", type: "bytes32" },
    { name: "miner", type: "address" },
    { name: "replica", type: "uint8" },
    { name: "segment", type: "uint16" },
    { name: "position", type: "uint32" },
    { name: "tokenRoot", type: "bytes32" },
  ],
  Acknowledgement: [
    { name: "taskId", type: "bytes32" },
    { name: "miner", type: "address" },
    { name: "replica", type: "uint8" },
    { name: "segment", type: "uint16" },
    { name: "position", type: "uint32" },
    { name: "tokenRoot", type: "bytes32" },
  ],
  Result: [
    { name: "taskId", type: "bytes32" },
    { name: "miner", type: "address" },
    { name: "replica", type: "uint8" },
    { name: "segment", type: "uint16" },
    { name: "from", type: "uint32" },
    { name: "to", type: "uint32" },
    { name: "tokenRoot", type: "bytes32" },
    { name: "fpRoot", type: "bytes32" },
    { name: "recipeHash", type: "bytes32" },
    { name: "outCommit", type: "bytes32" },
    { name: "nIn", type: "uint32" },
    { name: "nOut", type: "uint32" },
    { name: "finish", type: "uint8" },
    { name: "kernelClass", type: "bytes32" },
    { name: "tFirstMs", type: "uint32" },
    { name: "tTotalMs", type: "uint32" },
  ],
  Receipt: [
    { name: "taskId", type: "bytes32" },
    { name: "account", type: "uint32" },
    { name: "operator", type: "address" },
    { name: "resultsHash", type: "bytes32" },
    { name: "payeesHash", type: "bytes32" },
    { name: "feeWei", type: "uint96" },
    { name: "nIn", type: "uint32" },
    { name: "nOut", type: "uint32" },
    { name: "custody", type: "uint8" },
    { name: "finish", type: "uint8" },
    { name: "epoch", type: "uint64" },
    { name: "splitsHash", type: "bytes32" },
  ],
  CreditNote: [
    { name: "operator", type: "address" },
    { name: "payee", type: "address" },
    { name: "cumulativeWei", type: "uint96" },
    { name: "receiptsRoot", type: "bytes32" },
    { name: "count", type: "uint32" },
    { name: "epoch", type: "uint64" },
  ],
  PaidSegment: [
    { name: "taskId", type: "bytes32" },
    { name: "replica", type: "uint8" },
    { name: "segment", type: "uint16" },
    { name: "netWei", type: "uint96" },
  ],
  Debit: [
    { name: "account", type: "uint32" },
    { name: "lane", type: "address" },
    { name: "cumulativeWei", type: "uint96" },
    { name: "receiptsRoot", type: "bytes32" },
    { name: "count", type: "uint32" },
    { name: "epoch", type: "uint64" },
  ],
  Batch: [
    { name: "root", type: "bytes32" },
    { name: "count", type: "uint32" },
    { name: "sequence", type: "uint64" },
  ],
  ConnectionCertificate: [
    { name: "node", type: "address" },
    { name: "connectionKey", type: "bytes32" },
    { name: "expires", type: "uint64" },
  ],
  Access: [
    { name: "account", type: "uint32" },
    { name: "lane", type: "address" },
    { name: "expires", type: "uint64" },
  ],
  SpendingKey: [
    { name: "account", type: "uint32" },
    { name: "key", type: "address" },
    { name: "capPerEpochWei", type: "uint96" },
    { name: "totalCapWei", type: "uint96" },
    { name: "expires", type: "uint64" },
  ],
} as const;

export type StructName = keyof typeof eip712Types;

/** The contract whose domain each struct is signed under, alone or in a batch. */
export const eip712DomainOf = {
  Task: "registry",
  Assignment: "registry",
  Checkpoint: "registry",
  Acknowledgement: "registry",
  Result: "registry",
  Receipt: "registry",
  CreditNote: "registry",
  PaidSegment: "registry",
  Batch: "registry",
  ConnectionCertificate: "registry",
  Debit: "payment",
  Access: "payment",
  SpendingKey: "payment",
} as const satisfies Record<StructName, "registry" | "payment">;

/** The EIP-712 type string, whose keccak256 is the struct's type hash. */
export function typeString(name: StructName): string {
  return `${name}(${eip712Types[name].map((field) => `${field.type} ${field.name}`).join(",")})`;
}

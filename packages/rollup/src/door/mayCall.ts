import { type Address, type MemberRole, mayReadChain } from "@cortensor/protocol";

/** One call of JSON-RPC, as it came. */
export type RpcCall = { readonly method: string; readonly params: readonly unknown[] };

/** What a chain is asked by those who may read it whole, and how they send. Nothing that changes the chain's clock, state or miner is among it. */
const MEMBERS_METHODS: ReadonlySet<string> = new Set([
  "eth_blockNumber",
  "eth_call",
  "eth_chainId",
  "eth_estimateGas",
  "eth_feeHistory",
  "eth_gasPrice",
  "eth_getBalance",
  "eth_getBlockByHash",
  "eth_getBlockByNumber",
  "eth_getBlockReceipts",
  "eth_getCode",
  "eth_getLogs",
  "eth_getProof",
  "eth_getStorageAt",
  "eth_getTransactionByHash",
  "eth_getTransactionCount",
  "eth_getTransactionReceipt",
  "eth_maxPriorityFeePerGas",
  "eth_sendRawTransaction",
  "eth_syncing",
  "net_version",
  "web3_clientVersion",
]);

/** Whether a role may make a call. Auditors read heads, headers, and of contracts the gate alone: its events are the audit log. */
export function mayCall(role: MemberRole, call: RpcCall, gate: Address): boolean {
  if (mayReadChain(role)) return MEMBERS_METHODS.has(call.method);
  return role === "auditor" && mayAuditorCall(call, gate);
}

function mayAuditorCall({ method, params }: RpcCall, gate: Address): boolean {
  switch (method) {
    case "eth_chainId":
    case "eth_blockNumber":
    case "net_version":
    case "eth_syncing":
      return true;
    case "eth_getBlockByNumber":
    case "eth_getBlockByHash":
      // Headers: transactions by their hashes alone.
      return params[1] === false;
    case "eth_getLogs":
      return params.length === 1 && isOf(params[0], "address", gate);
    case "eth_call":
      // A third parameter would put other code in the gate's place.
      return params.length <= 2 && isOf(params[0], "to", gate);
    case "eth_getCode":
      return typeof params[0] === "string" && params[0].toLowerCase() === gate;
    default:
      return false;
  }
}

function isOf(filter: unknown, field: "address" | "to", gate: Address): boolean {
  if (typeof filter !== "object" || filter === null || !Object.hasOwn(filter, field)) return false;
  const named: unknown = Reflect.get(filter, field);
  return typeof named === "string" && named.toLowerCase() === gate;
}

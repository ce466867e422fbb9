import { type Bytes32, MEMBER_ROLES, parseAddress } from "@cortensor/protocol";
import type { ContractEventName, GetContractEventsReturnType } from "viem";
import { blockRanges } from "./blockRanges.js";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import { privateNetworkAbi } from "./generated/PrivateNetwork.js";
import { readHead } from "./readHead.js";

type GateLogs = GetContractEventsReturnType<
  typeof privateNetworkAbi,
  ContractEventName<typeof privateNetworkAbi>,
  true
>;

/** Everything that a private network's gate has said since it was deployed, oldest first. */
export async function readGateLogs(chain: ChainReader, fromBlock = chain.profile.deployBlock): Promise<GateLogs> {
  const toBlock = (await readHead(chain)).blockNumber;
  const logs: GateLogs = [];
  for (const range of blockRanges(fromBlock, toBlock)) {
    const address = chain.profile.addresses.compliance;
    const query = chain.client.getContractEvents({ address, abi: privateNetworkAbi, strict: true, ...range });
    logs.push(...(await chainCall("readGateLogs", query)));
  }
  return logs;
}

/** One entry of a private network's audit log: who did what to whom. No entry holds anything of a prompt or an answer. */
export type AuditEntry = {
  readonly event: string;
  readonly blockNumber: bigint;
  readonly txHash: Bytes32;
  /** Addresses in lower case, roles by name, amounts as decimal strings. */
  readonly facts: Readonly<Record<string, unknown>>;
};

/** The audit log since a block; since deployment unless said. */
export async function readAuditLog(chain: ChainReader, fromBlock?: bigint): Promise<readonly AuditEntry[]> {
  return (await readGateLogs(chain, fromBlock)).map(({ eventName, args, blockNumber, transactionHash }) => ({
    event: eventName,
    blockNumber,
    txHash: transactionHash,
    facts: Object.fromEntries(Object.entries(args).map(([name, value]) => [name, factOf(name, value)])),
  }));
}

function factOf(name: string, value: unknown): unknown {
  if (name === "role" && typeof value === "number") return MEMBER_ROLES[value] ?? "none";
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "string" && /^0x[0-9a-fA-F]{40}$/.test(value)) return parseAddress(value);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([inner, of]) => [inner, factOf(inner, of)]));
}

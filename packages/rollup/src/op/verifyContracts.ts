import type { Hex } from "@cortensor/protocol";
import { decodeFunctionResult, encodeFunctionData, getAddress, keccak256, stringToHex } from "viem";
import { opArtifact } from "./artifacts.js";
import { type LastStateParts, NO_OWNER, PARENT_CONTRACTS } from "./deployOp.js";
import { hexText, type JsonRpc } from "./jsonRpc.js";
import { LAST_STATE_ABI } from "./lastStateAbi.js";
import { L1_MESSENGER_ABI, OUTPUT_ORACLE_ABI, PORTAL_ABI, SUPERCHAIN_CONFIG_ABI, SYSTEM_CONFIG_ABI } from "./opAbi.js";
import { type OpChain, outputSenderOf } from "./opChain.js";
import { OpError } from "./opError.js";
import { L2_MESSENGER } from "./predeploys.js";

const IMPLEMENTATION_SLOT = slotOf("eip1967.proxy.implementation");
const ADMIN_SLOT = slotOf("eip1967.proxy.admin");
const NOBODY: Hex = "0x0000000000000000000000000000000000000000";

/**
 * Looks at what stands on the parent: the vendored code behind each of the vendored proxies, set up as the chain's file says, and nobody's to change or
 * pause. Throws ROLLUP_BAD_CONTRACT.
 */
export async function verifyContracts(rpc: JsonRpc, chain: OpChain): Promise<void> {
  for (const [key, name] of PARENT_CONTRACTS) {
    const at = chain.contracts[key];
    const bad = (reason: string): never => {
      throw new OpError({ code: "ROLLUP_BAD_CONTRACT", contract: name, address: at, reason });
    };
    if ((await codeAt(rpc, at)) !== opArtifact("Proxy").deployedBytecode) bad("it isn't the vendored proxy");
    if ((await slotAt(rpc, at, ADMIN_SLOT)) !== NO_OWNER) bad("somebody may upgrade it");
    const implementation = await slotAt(rpc, at, IMPLEMENTATION_SLOT);
    if ((await codeAt(rpc, implementation)) !== opArtifact(name).deployedBytecode)
      bad("its code isn't the vendored one");
    for (const [what, is, should] of await settings(rpc, chain, key))
      if (is.toLowerCase() !== should.toLowerCase()) bad(`${what} is ${is}, not ${should}`);
  }
  await verifyLastState(rpc, chain);
}

/**
 * Looks at the code of what a chain's outputs are posted through, where there is one: it has to be what `creationOf` makes. Whoever believes its events
 * has to have looked. Throws ROLLUP_BAD_CONTRACT.
 */
export async function verifyLastStateCode(
  rpc: JsonRpc,
  { lastState, contracts, proposer }: OpChain,
  creationOf: ((parts: LastStateParts) => Hex) | undefined,
): Promise<void> {
  if (lastState === undefined) return;
  const { address: at, silenceSeconds } = lastState;
  const { l2OutputOracle: oracle, optimismPortal: portal } = contracts;
  const code = creationOf?.({ oracle, portal, proposer, silenceSeconds });
  // The constructor is run where the contract stands: its code holds its own address.
  const made = code && (await rpc.ask(hexText, "eth_call", { to: at }, "latest", { [at]: { code } }));
  if (made !== undefined && made === (await codeAt(rpc, at))) return;
  const reason = made === undefined ? "its code can't be looked at" : "its code isn't ours";
  throw new OpError({ code: "ROLLUP_BAD_CONTRACT", contract: "LastState", address: at, reason });
}

/** What it says of itself, where a chain has one. */
async function verifyLastState(rpc: JsonRpc, { lastState, contracts, proposer }: OpChain): Promise<void> {
  if (lastState === undefined) return;
  for (const [functionName, should] of [
    ["oracle", contracts.l2OutputOracle],
    ["portal", contracts.optimismPortal],
    ["proposer", proposer],
    ["silenceSeconds", String(lastState.silenceSeconds)],
  ] as const) {
    const ask = { abi: LAST_STATE_ABI, functionName } as const;
    const data = await rpc.ask(hexText, "eth_call", { to: lastState.address, data: encodeFunctionData(ask) }, "latest");
    const is = String(data === "0x" ? "absent" : decodeFunctionResult({ ...ask, data }));
    if (is.toLowerCase() === should.toLowerCase()) continue;
    const reason = `${functionName} is ${is}, not ${should}`;
    throw new OpError({ code: "ROLLUP_BAD_CONTRACT", contract: "LastState", address: lastState.address, reason });
  }
}

type Setting = readonly [what: string, is: string, should: string];

async function settings(rpc: JsonRpc, chain: OpChain, key: keyof OpChain["contracts"]): Promise<readonly Setting[]> {
  const { contracts } = chain;
  const read = async (data: Hex): Promise<Hex> => rpc.ask(hexText, "eth_call", { to: contracts[key], data }, "latest");
  if (key === "superchainConfig") {
    const ask = { abi: SUPERCHAIN_CONFIG_ABI, functionName: "guardian" } as const;
    return [["guardian", decodeFunctionResult({ ...ask, data: await read(encodeFunctionData(ask)) }), NOBODY]];
  }
  if (key === "systemConfig") {
    const ask = { abi: SYSTEM_CONFIG_ABI, functionName: "owner" } as const;
    return [["owner", decodeFunctionResult({ ...ask, data: await read(encodeFunctionData(ask)) }), NO_OWNER]];
  }
  if (key === "l2OutputOracle") return oracleSettings(read, chain);
  if (key === "optimismPortal") {
    const found: Setting[] = [];
    for (const [functionName, should] of [
      ["l2Oracle", contracts.l2OutputOracle],
      ["systemConfig", contracts.systemConfig],
      ["superchainConfig", contracts.superchainConfig],
    ] as const) {
      const ask = { abi: PORTAL_ABI, functionName } as const;
      found.push([functionName, decodeFunctionResult({ ...ask, data: await read(encodeFunctionData(ask)) }), should]);
    }
    return found;
  }
  const found: Setting[] = [];
  for (const [functionName, should] of [
    ["portal", contracts.optimismPortal],
    ["otherMessenger", L2_MESSENGER],
  ] as const) {
    const ask = { abi: L1_MESSENGER_ABI, functionName } as const;
    found.push([functionName, decodeFunctionResult({ ...ask, data: await read(encodeFunctionData(ask)) }), should]);
  }
  return found;
}

async function oracleSettings(read: (data: Hex) => Promise<Hex>, chain: OpChain): Promise<readonly Setting[]> {
  const found: Setting[] = [];
  for (const [functionName, should] of [
    ["proposer", outputSenderOf(chain)],
    ["challenger", chain.challenger],
    ["submissionInterval", String(chain.outputBlocks)],
    ["finalizationPeriodSeconds", String(chain.finalizationSeconds)],
  ] as const) {
    const ask = { abi: OUTPUT_ORACLE_ABI, functionName } as const;
    found.push([
      functionName,
      String(decodeFunctionResult({ ...ask, data: await read(encodeFunctionData(ask)) })),
      should,
    ]);
  }
  return found;
}

function codeAt(rpc: JsonRpc, at: Hex): Promise<Hex> {
  return rpc.ask(hexText, "eth_getCode", getAddress(at), "latest");
}

async function slotAt(rpc: JsonRpc, at: Hex, slot: Hex): Promise<Hex> {
  const word = await rpc.ask(hexText, "eth_getStorageAt", at, slot, "latest");
  return `0x${word.slice(-40).padStart(40, "0")}`;
}

/** As EIP-1967 has it. */
function slotOf(name: string): Hex {
  return `0x${(BigInt(keccak256(stringToHex(name))) - 1n).toString(16).padStart(64, "0")}`;
}

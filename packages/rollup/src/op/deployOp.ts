import type { Hex } from "@cortensor/protocol";
import type { Clock } from "@cortensor/runtime";
import { concatHex, encodeFunctionData, getContractAddress, keccak256, numberToHex, stringToHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { z } from "zod";
import { type OpContract, opArtifact } from "./artifacts.js";
import { createJsonRpc, type JsonRpc, smallQuantity } from "./jsonRpc.js";
import {
  L1_MESSENGER_ABI,
  OUTPUT_ORACLE_ABI,
  PORTAL_ABI,
  PROXY_ABI,
  SUPERCHAIN_CONFIG_ABI,
  SYSTEM_CONFIG_ABI,
} from "./opAbi.js";
import { type OpChain, outputSenderOf } from "./opChain.js";
import { BLOCK_GAS_LIMIT } from "./opLimits.js";
import { type ParentCall, ParentSender } from "./parentSender.js";

/** Whom the proxies and the configuration belong to once they are set up: nobody. */
export const NO_OWNER: Hex = "0x000000000000000000000000000000000000dead";
/** Tips of all blocks go where the OP Stack keeps them; nothing takes them out, since that contract isn't here. */
export const FEE_VAULT: Hex = "0x4200000000000000000000000000000000000011";
const NOBODY: Hex = "0x0000000000000000000000000000000000000000";
const CREATE_GAS = 6_500_000n;
const CALL_GAS = 700_000n;
const ADMIN_GAS = 100_000n;

/** The contracts on the parent, in the order in which they are made. */
export const PARENT_CONTRACTS = [
  ["superchainConfig", "SuperchainConfig"],
  ["systemConfig", "SystemConfig"],
  ["l2OutputOracle", "L2OutputOracle"],
  ["optimismPortal", "OptimismPortal"],
  ["l1CrossDomainMessenger", "L1CrossDomainMessenger"],
] as const satisfies readonly (readonly [keyof OpChain["contracts"], OpContract])[];

export type OpChainRequest = {
  readonly parentRpcUrl: string;
  /** Pays for the contracts, and has no power over them afterwards. */
  readonly deployerKey: Hex;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** Where members have a way out when the operator is gone: the creation code of what outputs are posted through. */
  readonly lastState?: { readonly silenceSeconds: number; readonly creationOf: (parts: LastStateParts) => Hex };
} & Pick<
  OpChain,
  | "chainId"
  | "parentChainId"
  | "depth"
  | "outputBlocks"
  | "finalizationSeconds"
  | "batchBytesMax"
  | "baseFeeWei"
  | "batcher"
  | "proposer"
  | "challenger"
>;

/** What a `LastState` is made of. */
export type LastStateParts = {
  readonly oracle: Hex;
  readonly portal: Hex;
  readonly proposer: Hex;
  readonly silenceSeconds: number;
};

/**
 * Sets a chain's contracts up on its parent, by the vendored artifacts, and says what the chain is. Nobody may upgrade, pause or configure them
 * afterwards. Resolves when they stand; one that was broken off is begun anew.
 */
export async function deployOpChain(request: OpChainRequest): Promise<OpChain> {
  const { parentRpcUrl, deployerKey, clock, signal, lastState: wanted, ...terms } = request;
  const rpc = createJsonRpc(parentRpcUrl);
  const sender = new ParentSender({ rpc, clock, chainId: terms.parentChainId, key: deployerKey });
  const from = privateKeyToAccount(deployerKey).address;
  const first = BigInt(await sender.nonce());
  const at = (index: number): Hex => lower(getContractAddress({ from, nonce: first + BigInt(index) }));
  const contracts = {
    superchainConfig: at(0),
    systemConfig: at(1),
    l2OutputOracle: at(2),
    optimismPortal: at(3),
    l1CrossDomainMessenger: at(4),
  };
  const batchInbox = inboxOf(terms.chainId);
  const count = PARENT_CONTRACTS.length;
  const lastState = wanted && { address: at(2 * count), silenceSeconds: wanted.silenceSeconds };
  const inits = initialisers({ ...terms, contracts, batchInbox, lastState });
  const calls: ParentCall[] = [
    ...PARENT_CONTRACTS.map(([, name]) => create(`proxy of ${name}`, "Proxy", word(from))),
    ...PARENT_CONTRACTS.map(([, name]) => create(name, name, "0x")),
    ...(wanted === undefined ? [] : [createLastState(wanted, { ...terms, contracts })]),
    ...PARENT_CONTRACTS.map(([key, name], index) => {
      const args = [at(count + index), inits[key]] as const;
      const data = encodeFunctionData({ abi: PROXY_ABI, functionName: "upgradeToAndCall", args });
      return { what: `set-up of ${name}`, to: contracts[key], data, gas: CALL_GAS };
    }),
    ...PARENT_CONTRACTS.map(([key, name]) => {
      const data = encodeFunctionData({ abi: PROXY_ABI, functionName: "changeAdmin", args: [NO_OWNER] });
      return { what: `release of ${name}`, to: contracts[key], data, gas: ADMIN_GAS };
    }),
  ];
  const receipts = await sender.sendAll(calls, signal);
  const startBlock = Math.max(...receipts.map((receipt) => receipt.blockNumber));
  const genesisSeconds = await timeOf(rpc, startBlock);
  const chain: OpChain = {
    ...{ version: 1, ...terms, coinbase: FEE_VAULT, startBlock, genesisSeconds, batchInbox, contracts },
    ...(lastState && { lastState }),
  };
  return chain;
}

function createLastState(
  { silenceSeconds, creationOf }: NonNullable<OpChainRequest["lastState"]>,
  { contracts, proposer }: Pick<OpChain, "contracts" | "proposer">,
): ParentCall {
  const parts = { oracle: contracts.l2OutputOracle, portal: contracts.optimismPortal, proposer, silenceSeconds };
  return { what: "LastState", data: creationOf(parts), gas: CREATE_GAS };
}

type Terms = Omit<OpChain, "version" | "startBlock" | "genesisSeconds" | "coinbase">;

/** What each proxy is told when it gets its code. */
function initialisers(terms: Terms): Readonly<Record<keyof OpChain["contracts"], Hex>> {
  const { superchainConfig, systemConfig, l2OutputOracle, optimismPortal } = terms.contracts;
  return {
    superchainConfig: encodeFunctionData({
      abi: SUPERCHAIN_CONFIG_ABI,
      functionName: "initialize",
      args: [NOBODY, false],
    }),
    systemConfig: systemConfigInit(terms),
    l2OutputOracle: encodeFunctionData({
      abi: OUTPUT_ORACLE_ABI,
      functionName: "initialize",
      // Blocks come when there is something in them, so that the oracle's own reckoning of their times is left idle: one a second since 1970.
      args: [
        BigInt(terms.outputBlocks),
        1n,
        0n,
        0n,
        outputSenderOf(terms),
        terms.challenger,
        BigInt(terms.finalizationSeconds),
      ],
    }),
    optimismPortal: encodeFunctionData({
      abi: PORTAL_ABI,
      functionName: "initialize",
      args: [l2OutputOracle, systemConfig, superchainConfig],
    }),
    l1CrossDomainMessenger: encodeFunctionData({
      abi: L1_MESSENGER_ABI,
      functionName: "initialize",
      args: [superchainConfig, optimismPortal, systemConfig],
    }),
  };
}

/** The OP Stack's own defaults for what deposits may use; no fee for the parent's data. */
function systemConfigInit({ contracts, batcher, batchInbox }: Terms): Hex {
  const resources = {
    maxResourceLimit: 20_000_000,
    elasticityMultiplier: 10,
    baseFeeMaxChangeDenominator: 8,
    minimumBaseFee: 1_000_000_000,
    systemTxMaxGas: 1_000_000,
    maximumBaseFee: 2n ** 128n - 1n,
  };
  const addresses = {
    l1CrossDomainMessenger: contracts.l1CrossDomainMessenger,
    l1ERC721Bridge: NOBODY,
    l1StandardBridge: NOBODY,
    disputeGameFactory: NOBODY,
    optimismPortal: contracts.optimismPortal,
    optimismMintableERC20Factory: NOBODY,
    gasPayingToken: NOBODY,
  };
  const args = [
    NO_OWNER,
    0,
    0,
    word(batcher),
    BigInt(BLOCK_GAS_LIMIT),
    NOBODY,
    resources,
    batchInbox,
    addresses,
  ] as const;
  return encodeFunctionData({ abi: SYSTEM_CONFIG_ABI, functionName: "initialize", args });
}

function create(what: string, name: OpContract, args: Hex): ParentCall {
  return { what, data: concatHex([opArtifact(name).bytecode, args]), gas: CREATE_GAS };
}

/** Where batches are sent: an address of nobody's. */
function inboxOf(chainId: number): Hex {
  return `0xff${keccak256(stringToHex(`cortensor-batches-${chainId}`)).slice(2, 40)}`;
}

async function timeOf(rpc: JsonRpc, number: number): Promise<number> {
  const { timestamp } = await rpc.ask(
    z.object({ timestamp: smallQuantity }),
    "eth_getBlockByNumber",
    numberToHex(number),
    false,
  );
  return timestamp;
}

function word(address: Hex): Hex {
  return `0x${address.slice(2).toLowerCase().padStart(64, "0")}`;
}

function lower(text: Hex): Hex {
  return `0x${text.slice(2).toLowerCase()}`;
}

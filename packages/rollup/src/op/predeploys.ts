import type { Hex } from "@cortensor/protocol";
import { type OpContract, opArtifact } from "./artifacts.js";
import type { OpChain } from "./opChain.js";
import { BLOCK_GAS_LIMIT } from "./opLimits.js";

export const L2_MESSENGER: Hex = "0x4200000000000000000000000000000000000007";
export const L1_BLOCK: Hex = "0x4200000000000000000000000000000000000015";
export const MESSAGE_PASSER: Hex = "0x4200000000000000000000000000000000000016";
/** Who a messenger speaks for while it speaks for nobody. */
const NOBODY: Hex = "0x000000000000000000000000000000000000dead";

type Account = { readonly balance: Hex; readonly code: Hex; readonly storage: Readonly<Record<Hex, Hex>> };
export type Genesis = Readonly<Record<string, unknown>> & { readonly alloc: Readonly<Record<Hex, Account>> };

/**
 * The first block of a chain, in geth's form: the predeploys' code stands at their own addresses, without proxies, so that nobody can change it, and
 * nobody has money.
 */
export function genesisOf(chain: OpChain): Genesis {
  const zero = `0x${"0".repeat(64)}`;
  return {
    config: { chainId: chain.chainId },
    timestamp: toHex(chain.genesisSeconds),
    gasLimit: toHex(BLOCK_GAS_LIMIT),
    difficulty: "0x0",
    coinbase: chain.coinbase,
    baseFeePerGas: `0x${chain.baseFeeWei.toString(16)}`,
    extraData: "0x",
    nonce: "0x0",
    mixHash: zero,
    alloc: {
      [L2_MESSENGER]: predeploy("L2CrossDomainMessenger", messengerStorage(chain)),
      [L1_BLOCK]: predeploy("L1Block", {}),
      [MESSAGE_PASSER]: predeploy("L2ToL1MessagePasser", {}),
    },
  };
}

function predeploy(name: OpContract, storage: Readonly<Record<Hex, Hex>>): Account {
  return { balance: "0x0", code: opArtifact(name).deployedBytecode, storage };
}

/** As its `initialize` would have left it: done once, speaking for nobody, its other end on the parent. */
function messengerStorage(chain: OpChain): Readonly<Record<Hex, Hex>> {
  const { place } = opArtifact("L2CrossDomainMessenger");
  const initialized = place("_initialized");
  return {
    [initialized.slot]: word(1n << BigInt(8 * initialized.offsetBytes)),
    [place("xDomainMsgSender").slot]: word(BigInt(NOBODY)),
    [place("otherMessenger").slot]: word(BigInt(chain.contracts.l1CrossDomainMessenger)),
  };
}

function word(value: bigint): Hex {
  return `0x${value.toString(16).padStart(64, "0")}`;
}

function toHex(value: number): Hex {
  return `0x${value.toString(16)}`;
}

import type { Hex } from "@cortensor/protocol";
import type { Clock, HourlyBudget } from "@cortensor/runtime";
import { decodeFunctionResult, encodeFunctionData, numberToHex, size, toEventSelector } from "viem";
import { z } from "zod";
import { createJsonRpc, hash, hexText, type JsonRpc, smallQuantity } from "./jsonRpc.js";
import { OUTPUT_ORACLE_ABI, PASSER_ABI, PORTAL_ABI } from "./opAbi.js";
import type { OpChain } from "./opChain.js";
import { OpError } from "./opError.js";
import { DOOR_LOG_BLOCKS_MAX } from "./opLimits.js";
import { ParentSender } from "./parentSender.js";
import { MESSAGE_PASSER } from "./predeploys.js";
import { finaliseCall, findOutput, proveCall, readWithdrawals, type Withdrawal } from "./withdrawal.js";

/** Gas of the portal and the messenger around what a withdrawal itself may use, or of a proof. */
const AROUND_GAS = 600_000n;
/** Beside it, of each byte of a call: 40 at most as calldata (EIP-7623), and copies of it. */
const BYTE_GAS = 60n;
/** One that asks for more for itself is left to who sent it: whoever sends names this as they like. */
const WITHDRAWAL_GAS_MAX = 10_000_000n;
/** Withdrawals that are open at once; further ones are read when some of them are carried out. */
const OPEN_MAX = 4_096;
const MESSAGE_PASSED = toEventSelector(PASSER_ABI[2]);

/** What a carrier did with a withdrawal. */
export type WithdrawalStep = {
  readonly kind: "prove" | "finalise";
  readonly withdrawalHash: Hex;
  readonly txHash: Hex;
};

export type WithdrawalCarrierParts = {
  readonly chain: OpChain;
  readonly chainRpcUrl: string;
  readonly parentRpcUrl: string;
  /** Pays on the parent, and has no right that others lack. */
  readonly key: Hex;
  readonly clock: Clock;
  /** What may be paid on the parent: anybody may send withdrawals, as many as they like. */
  readonly budget: HourlyBudget;
  readonly onStep: (step: WithdrawalStep) => void;
  /** One that the budget has no room for now; it is due again with the next look. */
  readonly onCapped: (withdrawalHash: Hex) => void;
  /** One that the portal would refuse, or that asks for more gas than any is carried with: it is left to who sent it. */
  readonly onLeft: (withdrawalHash: Hex) => void;
  /** A step that wasn't taken; it is due again with the next look. */
  readonly onError: (error: unknown) => void;
};

export type WithdrawalCarrier = {
  /** Does once what is due. Throws what its RPCs throw. Looks mustn't overlap. */
  look(signal?: AbortSignal): Promise<void>;
};

const head = z.object({ number: smallQuantity, timestamp: smallQuantity });
const logs = z.array(z.object({ transactionHash: hash }));

/**
 * Carries all that a chain sends to its parent, as anybody may: proves each withdrawal by the newest output, and carries it out once output and proof have
 * waited. It keeps nothing that it couldn't read again; any number may work at once. It pays no more than its budget, and nothing that holds one back holds back another.
 */
export function createWithdrawalCarrier(parts: WithdrawalCarrierParts): WithdrawalCarrier {
  const { chain, clock, key, budget } = parts;
  const [child, parent] = [createJsonRpc(parts.chainRpcUrl), createJsonRpc(parts.parentRpcUrl)];
  const sender = new ParentSender({ rpc: parent, clock, chainId: chain.parentChainId, key });
  const portal = new PortalReader(parent, chain);
  const open = new Map<Hex, Withdrawal>();
  let read = 0;

  const readNew = async (): Promise<void> => {
    const { number } = await child.ask(head, "eth_getBlockByNumber", "latest", false);
    while (read < number && open.size < OPEN_MAX) {
      const to = Math.min(number, read + DOOR_LOG_BLOCKS_MAX);
      const filter = { address: MESSAGE_PASSER, topics: [MESSAGE_PASSED] };
      const range = { fromBlock: numberToHex(read + 1), toBlock: numberToHex(to) };
      const found = await child.ask(logs, "eth_getLogs", { ...filter, ...range });
      for (const txHash of new Set(found.map(({ transactionHash }) => transactionHash)))
        for (const withdrawal of await readWithdrawals(child, txHash)) {
          if (mayBeCarried(withdrawal, chain)) open.set(withdrawal.withdrawalHash, withdrawal);
          else parts.onLeft(withdrawal.withdrawalHash);
        }
      read = to;
    }
  };
  const send = async (
    kind: WithdrawalStep["kind"],
    withdrawalHash: Hex,
    { data, ownGas }: { readonly data: Hex; readonly ownGas: bigint },
  ) => {
    const gas = ownGas + AROUND_GAS + BYTE_GAS * BigInt(size(data));
    const mostWei = await sender.mostFee(gas);
    if (!budget.allows(mostWei, clock.nowMs())) return parts.onCapped(withdrawalHash);
    const to = chain.contracts.optimismPortal;
    // What would fail costs nothing, however often it is due.
    await sender.call(to, data);
    try {
      const { txHash, feeWei } = await sender.send({ what: `${kind} of a withdrawal`, to, data, gas });
      budget.spend(feeWei, clock.nowMs());
      parts.onStep({ kind, withdrawalHash, txHash });
    } catch (error) {
      // It may still come, or have reverted in a block: counted as if it had cost all that it could.
      if (!isRefused(error)) budget.spend(mostWei, clock.nowMs());
      throw error;
    }
  };
  const carry = async (withdrawal: Withdrawal, now: number): Promise<void> => {
    if (await portal.isFinalised(withdrawal.withdrawalHash)) return void open.delete(withdrawal.withdrawalHash);
    const step = await portal.stepOf(withdrawal.withdrawalHash, now);
    if (step === "wait") return;
    if (step === "finalise") {
      const ownGas = (withdrawal.gasLimit * 64n) / 63n;
      return send("finalise", withdrawal.withdrawalHash, { data: finaliseCall(withdrawal), ownGas });
    }
    const at = await findOutput(parent, chain, withdrawal.blockNumber);
    if (at === undefined) return;
    await send("prove", withdrawal.withdrawalHash, { data: await proveCall(child, withdrawal, at), ownGas: 0n });
  };
  return {
    async look(signal) {
      await readNew();
      const { timestamp } = await parent.ask(head, "eth_getBlockByNumber", "latest", false);
      for (const withdrawal of [...open.values()]) {
        if (signal?.aborted === true) return;
        // One that can't be carried holds up no other.
        await carry(withdrawal, timestamp).catch(parts.onError);
      }
    },
  };
}

/** Whoever sends a withdrawal names its target and its gas as they like; the portal takes none that calls itself. */
function mayBeCarried({ target, gasLimit }: Withdrawal, { contracts }: OpChain): boolean {
  return gasLimit <= WITHDRAWAL_GAS_MAX && target.toLowerCase() !== contracts.optimismPortal.toLowerCase();
}

/** Whether a call was taken by no node. */
function isRefused(error: unknown): boolean {
  return error instanceof OpError && error.data.code === "ROLLUP_RPC_REFUSED";
}

/** What the parent says of a withdrawal. */
class PortalReader {
  readonly #rpc: JsonRpc;
  readonly #chain: OpChain;

  constructor(rpc: JsonRpc, chain: OpChain) {
    this.#rpc = rpc;
    this.#chain = chain;
  }

  async isFinalised(withdrawalHash: Hex): Promise<boolean> {
    const ask = { abi: PORTAL_ABI, functionName: "finalizedWithdrawals", args: [withdrawalHash] } as const;
    return decodeFunctionResult({ ...ask, data: await this.#call("optimismPortal", encodeFunctionData(ask)) });
  }

  /** What is due: a proof where there is none, or the output that it was by stands no more. */
  async stepOf(withdrawalHash: Hex, now: number): Promise<"prove" | "wait" | "finalise"> {
    const ask = { abi: PORTAL_ABI, functionName: "provenWithdrawals", args: [withdrawalHash] } as const;
    const answer = await this.#call("optimismPortal", encodeFunctionData(ask));
    const [root, provenAt, index] = decodeFunctionResult({ ...ask, data: answer });
    if (provenAt === 0n) return "prove";
    const output = await this.#outputAt(index);
    if (output?.outputRoot !== root) return "prove";
    const last = provenAt > output.timestamp ? provenAt : output.timestamp;
    return BigInt(now) > last + BigInt(this.#chain.finalizationSeconds) ? "finalise" : "wait";
  }

  async #outputAt(index: bigint) {
    const count = { abi: OUTPUT_ORACLE_ABI, functionName: "nextOutputIndex" } as const;
    const next = decodeFunctionResult({
      ...count,
      data: await this.#call("l2OutputOracle", encodeFunctionData(count)),
    });
    if (index >= next) return undefined;
    const ask = { abi: OUTPUT_ORACLE_ABI, functionName: "getL2Output", args: [index] } as const;
    return decodeFunctionResult({ ...ask, data: await this.#call("l2OutputOracle", encodeFunctionData(ask)) });
  }

  #call(contract: "optimismPortal" | "l2OutputOracle", data: Hex): Promise<Hex> {
    return this.#rpc.ask(hexText, "eth_call", { to: this.#chain.contracts[contract], data }, "latest");
  }
}

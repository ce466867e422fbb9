import type { Hex } from "@cortensor/protocol";
import type { Clock } from "@cortensor/runtime";
import { decodeFunctionResult, encodeFunctionData, numberToHex, toEventSelector } from "viem";
import { z } from "zod";
import { createJsonRpc, hash, hexText, type JsonRpc, smallQuantity } from "./jsonRpc.js";
import { OUTPUT_ORACLE_ABI, PASSER_ABI, PORTAL_ABI } from "./opAbi.js";
import type { OpChain } from "./opChain.js";
import { DOOR_LOG_BLOCKS_MAX } from "./opLimits.js";
import { ParentSender } from "./parentSender.js";
import { MESSAGE_PASSER } from "./predeploys.js";
import { finaliseCall, findOutput, proveCall, readWithdrawals, type Withdrawal } from "./withdrawal.js";

/** Gas of the portal and the messenger around what a withdrawal itself may use. */
const AROUND_GAS = 600_000n;
const PROVE_GAS = 600_000n;
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
  readonly onStep: (step: WithdrawalStep) => void;
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
 * waited. It keeps nothing that it couldn't read again; any number may work at once.
 */
export function createWithdrawalCarrier(parts: WithdrawalCarrierParts): WithdrawalCarrier {
  const { chain, clock, key } = parts;
  const [child, parent] = [createJsonRpc(parts.chainRpcUrl), createJsonRpc(parts.parentRpcUrl)];
  const sender = new ParentSender({ rpc: parent, clock, chainId: chain.parentChainId, key });
  const portal = new PortalReader(parent, chain);
  const open = new Map<Hex, Withdrawal>();
  let read = 0;

  const readNew = async (): Promise<void> => {
    const { number } = await child.ask(head, "eth_getBlockByNumber", "latest", false);
    while (read < number) {
      const to = Math.min(number, read + DOOR_LOG_BLOCKS_MAX);
      const filter = { address: MESSAGE_PASSER, topics: [MESSAGE_PASSED] };
      const range = { fromBlock: numberToHex(read + 1), toBlock: numberToHex(to) };
      const found = await child.ask(logs, "eth_getLogs", { ...filter, ...range });
      for (const txHash of new Set(found.map(({ transactionHash }) => transactionHash)))
        for (const withdrawal of await readWithdrawals(child, txHash)) open.set(withdrawal.withdrawalHash, withdrawal);
      read = to;
    }
  };
  const send = async (
    kind: WithdrawalStep["kind"],
    { withdrawalHash }: Withdrawal,
    call: { data: Hex; gas: bigint },
  ) => {
    const to = chain.contracts.optimismPortal;
    const { txHash } = await sender.send({ what: `${kind} of a withdrawal`, to, ...call });
    parts.onStep({ kind, withdrawalHash, txHash });
  };
  const carry = async (withdrawal: Withdrawal, now: number): Promise<void> => {
    if (await portal.isFinalised(withdrawal.withdrawalHash)) return void open.delete(withdrawal.withdrawalHash);
    const step = await portal.stepOf(withdrawal.withdrawalHash, now);
    if (step === "wait") return;
    if (step === "finalise") {
      const gas = (withdrawal.gasLimit * 64n) / 63n + AROUND_GAS;
      return send("finalise", withdrawal, { data: finaliseCall(withdrawal), gas });
    }
    const at = await findOutput(parent, chain, withdrawal.blockNumber);
    if (at === undefined) return;
    await send("prove", withdrawal, { data: await proveCall(child, withdrawal, at), gas: PROVE_GAS });
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

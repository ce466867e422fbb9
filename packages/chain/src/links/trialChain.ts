import { type Address, assert, type Hex, parseAddress } from "@cortensor/protocol";
import {
  type Abi,
  createTestClient,
  encodeDeployData,
  encodeFunctionData,
  getContractAddress,
  http,
  type PublicClient,
  parseEther,
} from "viem";
import { createRpcClient } from "../chainReader.js";
import { type ChainWriter, createSender, type SentCall } from "../chainWriter.js";
import { trialPostAbi, trialPostBytecode } from "../generated/TrialPost.js";
import { readBlock } from "../readBlock.js";

/** A local chain that a messenger is tried on: its time is moved by hand, and what was done is taken back. */
export type TrialChain = {
  readonly chainId: number;
  readonly rpcUrl: string;
  readonly client: PublicClient;
  /** An account with coins. */
  readonly sender: Pick<ChainWriter, "account" | "send">;
  deploy(of: { readonly abi: Abi; readonly bytecode: Hex; readonly args: readonly unknown[] }): Promise<Address>;
  /** Where the account's next contract will stand: an end has to know the other one's address before it is there. */
  nextAddress(later?: number): Promise<Address>;
  call(of: {
    readonly to: Address;
    readonly abi: Abi;
    readonly name: string;
    readonly args: readonly unknown[];
    readonly value?: bigint;
  }): Promise<SentCall>;
  read(of: {
    readonly to: Address;
    readonly abi: Abi;
    readonly name: string;
    readonly args?: readonly unknown[];
  }): Promise<unknown>;
  /** Time of the newest block. */
  now(): Promise<number>;
  /** Moves time on, and makes so many blocks. */
  pass(of: { readonly toSeconds?: number; readonly blocks: number }): Promise<void>;
  /** What stands now; `takeBack` returns to it, once. */
  mark(): Promise<Hex>;
  takeBack(mark: Hex): Promise<void>;
};

export function openTrialChain(parts: {
  readonly rpcUrl: string;
  readonly chainId: number;
  readonly privateKey: Hex;
}): TrialChain {
  const { rpcUrl, chainId, privateKey } = parts;
  const { client } = createRpcClient({ rpcUrls: [rpcUrl], chainId });
  const sender = createSender({ client, chainId, privateKey });
  const test = createTestClient({ mode: "anvil", transport: http(rpcUrl) });
  const nextAddress = async (later = 0): Promise<Address> => {
    const nonce = await client.getTransactionCount({ address: sender.account });
    return parseAddress(getContractAddress({ from: sender.account, nonce: BigInt(nonce + later) }));
  };
  const now = async (): Promise<number> => (await readBlock({ client }, "latest"))?.timestamp ?? 0;
  return {
    ...{ chainId, rpcUrl, client, sender, nextAddress, now },
    deploy: async ({ abi, bytecode, args }) => {
      const data = encodeDeployData({ abi, bytecode, args: [...args] });
      const { contractAddress } = await sender.send({ call: "deploy", data });
      assert(contractAddress !== undefined, "a deployment makes a contract");
      return contractAddress;
    },
    call: ({ to, abi, name, args, value }) => {
      const data = encodeFunctionData({ abi, functionName: name, args: [...args] });
      return sender.send({ call: name, to, data, ...(value === undefined ? {} : { value }) });
    },
    read: ({ to, abi, name, args = [] }) =>
      client.readContract({ address: to, abi, functionName: name, args: [...args] }),
    pass: async ({ toSeconds, blocks }) => {
      if (toSeconds !== undefined && toSeconds > (await now())) {
        await test.setNextBlockTimestamp({ timestamp: BigInt(toSeconds) });
      }
      await test.mine({ blocks });
    },
    mark: () => test.snapshot(),
    takeBack: (id) => test.revert({ id }),
  };
}

/** Coins that a trial's post has to begin with, in wei of its own. */
export const TRIAL_COINS_WEI = parseEther("1000");
export const TRIAL_POST = { abi: trialPostAbi, bytecode: trialPostBytecode } as const;

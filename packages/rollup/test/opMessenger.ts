import type { Hex } from "@cortensor/protocol";
import { getContractAddress, toHex } from "viem";
import { noPauseAbi, noPauseBytecode } from "../../chain/src/generated/NoPause.js";
import { opMessengerAbi, opMessengerBytecode } from "../../chain/src/generated/OpMessenger.js";
import { type Clients, DEPOSIT_GAS, mined, USER } from "./opWorld.js";

export const STATES = { none: 0, held: 1, failed: 2, delivered: 3 } as const;

/** Counts in slot 0 what it is told, once anybody has opened it by a call without data; refuses before. Its creation code, then its own. */
const RECEIVER: Hex = "0x60228060093d393df33615601b5760015460105760006000fd5b600054600101600055005b600160015500";

export type Message = {
  readonly nonce: bigint;
  readonly from: Hex;
  readonly to: Hex;
  readonly gasLimit: bigint;
  readonly body: Hex;
};

/** One end of a link, and a receiver beside it that is closed at first. */
export type End = {
  readonly messenger: Hex;
  readonly receiver: Hex;
  send(message: Message, dst: number): Promise<Hex>;
  retry(message: Message): Promise<void>;
  open(): Promise<void>;
  state(message: Message): Promise<number>;
  /** How often the receiver took something. */
  count(): Promise<bigint>;
};

/** Both ends of `OpMessenger` on the stack's own carriers. */
export async function linkEnds(
  one: { readonly clients: Clients; readonly carrier: Hex; readonly chainId: number },
  other: { readonly clients: Clients; readonly carrier: Hex; readonly chainId: number },
): Promise<readonly [End, End]> {
  const nextOne = await one.clients.read.getTransactionCount({ address: USER });
  const nextOther = await other.clients.read.getTransactionCount({ address: USER });
  // Behind the pause and the receiver.
  const atOne = getContractAddress({ from: USER, nonce: BigInt(nextOne + 2) });
  const atOther = getContractAddress({ from: USER, nonce: BigInt(nextOther + 2) });
  return [
    await endOf(one, { id: other.chainId, remote: atOther }),
    await endOf(other, { id: one.chainId, remote: atOne }),
  ];
}

async function endOf(
  { clients, carrier }: { readonly clients: Clients; readonly carrier: Hex },
  to: { readonly id: number; readonly remote: Hex },
): Promise<End> {
  const { read, write } = clients;
  const succeeded = async (hash: Hex) => {
    const receipt = await mined(clients, hash);
    if (receipt.status !== "success") throw new Error(`${hash} failed`);
    return receipt;
  };
  const made = async (hash: Hex): Promise<Hex> => {
    const { contractAddress } = await succeeded(hash);
    if (!contractAddress) throw new Error(`${hash} made no contract`);
    return contractAddress;
  };
  const pause = await made(await write.deployContract({ abi: noPauseAbi, bytecode: noPauseBytecode }));
  const receiver = await made(await write.sendTransaction({ data: RECEIVER }));
  const link = { remoteChainId: BigInt(to.id), remote: to.remote, pause };
  const parts = { abi: opMessengerAbi, bytecode: opMessengerBytecode, args: [link, carrier] } as const;
  const messenger = await made(await write.deployContract(parts));
  const at = { address: messenger, abi: opMessengerAbi } as const;
  return {
    messenger,
    receiver,
    async send({ to: receiverThere, body, gasLimit }, dst) {
      const args = [BigInt(dst), receiverThere, body, gasLimit] as const;
      return (await succeeded(await write.writeContract({ ...at, functionName: "send", args, gas: DEPOSIT_GAS })))
        .transactionHash;
    },
    async retry(message) {
      await succeeded(await write.writeContract({ ...at, functionName: "retry", args: [message, message.gasLimit] }));
    },
    async open() {
      await succeeded(await write.sendTransaction({ to: receiver }));
    },
    async state(message) {
      const id = await read.readContract({ ...at, functionName: "incomingIdOf", args: [message] });
      return read.readContract({ ...at, functionName: "stateOf", args: [id] });
    },
    count: async () => BigInt((await read.getStorageAt({ address: receiver, slot: toHex(0) })) ?? 0),
  };
}

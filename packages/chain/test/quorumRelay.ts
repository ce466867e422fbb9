import {
  type Address,
  type Hex,
  type Message,
  merkleTree,
  messageId,
  messageLeaf,
  parseAddress,
} from "@cortensor/protocol";
import {
  concatHex,
  encodeFunctionData,
  numberToHex,
  type PublicClient,
  parseEventLogs,
  serializeCompactSignature,
  signatureToCompactSignature,
} from "viem";
import { privateKeyToAddress, sign } from "viem/accounts";
import { quorumMessengerAbi } from "../src/generated/QuorumMessenger.js";
import type { ChainWriter } from "../src/index.js";

/** One chain of a test's network, and somebody who pays there. */
export type RelayedChain = {
  readonly client: PublicClient;
  readonly sender: Pick<ChainWriter, "send">;
  readonly chainId: number;
  readonly messenger: Address;
};

type Relay = {
  readonly from: RelayedChain;
  readonly to: RelayedChain;
  /** Which of all that was sent the relayer hands in; the root is of all of it. */
  readonly isGiven: (index: number) => boolean;
  /** Of the first guards. */
  readonly guardKeys: readonly Hex[];
  readonly t0: number;
  readonly epochSeconds: number;
};

/** Everything that the messenger there sent so far, in order. */
export async function sentBy({ client, messenger }: RelayedChain): Promise<readonly Message[]> {
  const logs = await client.getLogs({ address: messenger, fromBlock: 0n });
  const events = parseEventLogs({ abi: quorumMessengerAbi, logs, eventName: ["Sent", "GasGiven"] });
  const gas = new Map<Hex, number>();
  for (const event of events) if (event.eventName === "GasGiven") gas.set(event.args.id, Number(event.args.gasLimit));
  return events.flatMap((event) =>
    event.eventName !== "Sent"
      ? []
      : [
          {
            nonce: Number(event.args.nonce),
            from: parseAddress(event.args.from),
            to: parseAddress(event.args.to),
            gasLimit: gas.get(event.args.id) ?? 0,
            body: event.args.body,
          },
        ],
  );
}

/** What guards and a relayer do, at once: signs the root of all that was sent, posts it when the epoch is over, and delivers it. */
export async function relay({ from, to, isGiven, guardKeys, t0, epochSeconds }: Relay): Promise<readonly Hex[]> {
  const messages = await sentBy(from);
  const way = { src: from.chainId, srcMessenger: from.messenger, dst: to.chainId, dstMessenger: to.messenger };
  const ids = messages.map((message) => messageId(way, message));
  const tree = merkleTree(ids.map(messageLeaf));
  const { timestamp } = await to.client.getBlock();
  const epoch = Math.floor((Number(timestamp) - t0) / epochSeconds);
  const digest = await to.client.readContract({
    address: to.messenger,
    abi: quorumMessengerAbi,
    functionName: "digestOf",
    args: [BigInt(epoch), tree.root],
  });
  const packed = await packQuorum(digest, guardKeys);
  await warpTo(to.client, t0 + (epoch + 1) * epochSeconds);
  const send = (functionName: "postOutbox" | "deliver", data: Hex) =>
    to.sender.send({ call: functionName, to: to.messenger, data });
  const posted = [BigInt(epoch), tree.root, packed] as const;
  await send("postOutbox", encodeFunctionData({ abi: quorumMessengerAbi, functionName: "postOutbox", args: posted }));
  const chosen = messages.map((_, index) => index).filter(isGiven);
  const given = messages
    .filter((_, index) => isGiven(index))
    .map(({ nonce, gasLimit, ...rest }) => ({
      ...rest,
      nonce: BigInt(nonce),
      gasLimit: BigInt(gasLimit),
    }));
  const args = [BigInt(epoch), given, chosen.map((index) => tree.pathOf(index))] as const;
  await send("deliver", encodeFunctionData({ abi: quorumMessengerAbi, functionName: "deliver", args }));
  return ids;
}

/** A bit and 64 bytes for each guard, by ascending address. */
export async function packQuorum(digest: Hex, keys: readonly Hex[]): Promise<Hex> {
  const sorted = [...keys].sort((a, b) =>
    privateKeyToAddress(a).toLowerCase() < privateKeyToAddress(b).toLowerCase() ? -1 : 1,
  );
  const signatures: Hex[] = [];
  for (const privateKey of sorted) {
    const signature = await sign({ hash: digest, privateKey });
    signatures.push(serializeCompactSignature(signatureToCompactSignature(signature)));
  }
  return concatHex([numberToHex(2 ** keys.length - 1, { size: 4 }), ...signatures]);
}

/** Makes a block at a time, or later where it is over already. */
export async function warpTo(client: PublicClient, seconds: number): Promise<void> {
  const { timestamp } = await client.getBlock();
  const next = Math.max(seconds, Number(timestamp) + 1);
  const raw = (method: string, params: readonly unknown[]) =>
    client.request<{ Method: string; Parameters: readonly unknown[]; ReturnType: unknown }>({ method, params });
  await raw("evm_setNextBlockTimestamp", [next]);
  await raw("evm_mine", []);
}

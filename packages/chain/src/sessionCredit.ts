import { type Address, type Bytes32, type CreditReason, parseAddress, utf8ToBytes } from "@cortensor/protocol";
import { encodeFunctionData, type Hex, hexToBytes, toHex } from "viem";
import { blockRanges } from "./blockRanges.js";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { ensureAllowance } from "./cor.js";
import { sessionPaymentAbi } from "./generated/SessionPayment.js";
import { readHead } from "./readHead.js";
import { sendTo } from "./sendTo.js";

/** Which credit to a session: each is given once. */
export type SessionCreditKey = {
  /** The operator that gives it. */
  readonly lane: Address;
  readonly account: number;
  readonly epoch: number;
  readonly reason: CreditReason;
};

export type ListedSessionCredit = Omit<SessionCreditKey, "reason"> & {
  /** As logged; a word that is no `CreditReason` too. */
  readonly reason: string;
  readonly wei: bigint;
  readonly txHash: Bytes32;
};

/** What was given for it, in wei; 0 while it wasn't. Read at `blockNumber`, by default the latest. */
export async function readSessionCredit(
  chain: ChainReader,
  { lane, account, epoch, reason, blockNumber }: SessionCreditKey & { readonly blockNumber?: bigint },
): Promise<bigint> {
  const read = chain.client.readContract({
    address: chain.profile.addresses.sessionPayment,
    abi: sessionPaymentAbi,
    functionName: "sessionCreditOf",
    args: [lane, account, BigInt(epoch), reasonWord(reason)],
    ...(blockNumber === undefined ? {} : { blockNumber }),
  });
  return chainCall("readSessionCredit", read);
}

/**
 * Gives a session something back out of the writer's COR, approving first where needed. The writer is the lane's operator or a registered
 * router of it. Throws CHAIN_REVERTED `SessionCreditRepeated` when it was given before.
 */
export async function creditSession(
  chain: ChainWriter,
  request: SessionCreditKey & { readonly wei: bigint },
): Promise<ChainReceipt> {
  const { lane, account, epoch, reason, wei } = request;
  const { sessionPayment } = chain.profile.addresses;
  await ensureAllowance(chain, { spender: sessionPayment, wei });
  const args = [lane, account, wei, BigInt(epoch), reasonWord(reason)] as const;
  const data = encodeFunctionData({ abi: sessionPaymentAbi, functionName: "creditSession", args });
  return sendTo(chain, "sessionPayment", { call: "creditSession", data });
}

/** Credits that a session was given since the network's first block, oldest first. */
export async function listSessionCredits(chain: ChainReader, account: number): Promise<readonly ListedSessionCredit[]> {
  const listed: ListedSessionCredit[] = [];
  for (const range of blockRanges(chain.profile.deployBlock, (await readHead(chain)).blockNumber)) {
    const query = chain.client.getContractEvents({
      address: chain.profile.addresses.sessionPayment,
      abi: sessionPaymentAbi,
      eventName: "SessionCredited",
      args: { account },
      strict: true,
      ...range,
    });
    for (const { args, transactionHash } of await chainCall("listSessionCredits", query)) {
      listed.push({
        account,
        lane: parseAddress(args.lane),
        epoch: Number(args.epoch),
        reason: wordText(args.reason),
        wei: args.amountWei,
        txHash: transactionHash,
      });
    }
  }
  return listed;
}

/** A short word as 32 bytes, left-aligned. */
function reasonWord(reason: CreditReason): Hex {
  const bytes = new Uint8Array(32);
  bytes.set(utf8ToBytes(reason));
  return toHex(bytes);
}

function wordText(word: Hex): string {
  const bytes = hexToBytes(word);
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}

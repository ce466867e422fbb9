import { type Address, type Bytes32, type Hex, parseAddress } from "@cortensor/protocol";
import { type Log, type PublicClient, type TransactionReceipt, WaitForTransactionReceiptTimeoutError } from "viem";
import { type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { broadcast, type Nonces } from "./broadcast.js";
import { ChainError, chainCall, toChainError } from "./chainError.js";
import { type ChainReader, createChainReader, POLL_MS, type RpcWatch } from "./chainReader.js";
import type { NetworkProfile } from "./profile.js";
import { SerialQueue } from "./serialQueue.js";

/** A transaction that is in no block by then is reported as unconfirmed; it may still come. */
const CONFIRM_TIMEOUT_MS = 120_000;
/** Gas on top of the estimate, in percent: state may change between estimate and block. */
const GAS_MARGIN_PERCENT = 20n;

/** A transaction that is in a block and did not revert. */
export type ChainReceipt = { readonly txHash: Bytes32; readonly blockNumber: bigint; readonly gasUsed: bigint };

/** One transaction: a call of `to`, or a deployment without it. */
export type ChainCall = {
  /** What it is, for errors: the function's name. */
  readonly call: string;
  readonly to?: Address;
  readonly data?: Hex;
  /** Native coin in wei. */
  readonly value?: bigint;
};

export type SentCall = ChainReceipt & { readonly logs: readonly Log[]; readonly contractAddress: Address | undefined };

/** Reads and sends as one account. Sends go through one serial queue, so nonces never collide. */
export type ChainWriter = ChainReader & {
  readonly account: Address;
  readonly signer: PrivateKeyAccount;
  /** Sends one call and waits until it is in a block. Throws CHAIN_REVERTED with the contract's error; then nothing changed. */
  send(call: ChainCall): Promise<SentCall>;
};

/**
 * A writer with a key of its own. One writer per key and process: two would take the same nonce, and one of them would
 * have to try again.
 */
export function createChainWriter(
  request: {
    readonly profile: NetworkProfile;
    readonly privateKey: Hex;
    /** Called before each transaction is signed: who counts signatures counts these too. */
    readonly onSign?: () => void;
  } & RpcWatch,
): ChainWriter {
  const { privateKey, onSign } = request;
  const reader = createChainReader(request);
  const { client, profile } = reader;
  const { chainId } = profile;
  return { ...reader, ...createSender({ client, chainId, privateKey, ...(onSign && { onSign }) }) };
}

/** The sending half of a writer, for when there is no profile yet. */
export function createSender(request: {
  readonly client: PublicClient;
  readonly chainId: number;
  readonly privateKey: Hex;
  readonly onSign?: () => void;
}): Pick<ChainWriter, "account" | "signer" | "send"> {
  const { client, chainId, onSign } = request;
  const signer = tellSigning(privateKeyToAccount(request.privateKey), onSign);
  const queue = new SerialQueue();
  const nonces: Nonces = { next: 0 };

  async function send(call: ChainCall): Promise<SentCall> {
    const { to, data, value } = call;
    const target = { ...(to && { to }), ...(data && { data }), value: value ?? 0n };
    // Estimated before the queue: a call that would revert takes no nonce and keeps nobody waiting.
    const estimate = await chainCall(call.call, client.estimateGas({ account: signer, ...target }));
    const gas = (estimate * (100n + GAS_MARGIN_PERCENT)) / 100n;
    const hash = await queue.run(() => broadcast({ client, chainId, signer, nonces, call: call.call, target, gas }));
    const receipt = await confirm(client, call.call, hash);
    if (receipt.status === "reverted") throw await explainRevert(client, call, { signer, target, receipt });
    return {
      txHash: receipt.transactionHash,
      blockNumber: receipt.blockNumber,
      gasUsed: receipt.gasUsed,
      logs: receipt.logs,
      contractAddress: receipt.contractAddress ? parseAddress(receipt.contractAddress) : undefined,
    };
  }
  return { account: parseAddress(signer.address), signer, send };
}

/** The account, telling of each transaction that it signs. */
function tellSigning(account: PrivateKeyAccount, onSign: (() => void) | undefined): PrivateKeyAccount {
  if (onSign === undefined) return account;
  const signTransaction: PrivateKeyAccount["signTransaction"] = (...signing) => {
    onSign();
    return account.signTransaction(...signing);
  };
  return { ...account, signTransaction };
}

async function confirm(client: PublicClient, call: string, hash: Bytes32): Promise<TransactionReceipt> {
  try {
    return await client.waitForTransactionReceipt({ hash, timeout: CONFIRM_TIMEOUT_MS, pollingInterval: POLL_MS });
  } catch (error) {
    if (!(error instanceof WaitForTransactionReceiptTimeoutError)) throw toChainError(call, error);
    const data = { code: "CHAIN_UNCONFIRMED", call, txHash: hash, waitedMs: CONFIRM_TIMEOUT_MS } as const;
    throw new ChainError(data, { cause: error });
  }
}

type Reverted = {
  readonly signer: PrivateKeyAccount;
  readonly target: { readonly to?: Address; readonly data?: Hex; readonly value: bigint };
  readonly receipt: TransactionReceipt;
};

/** A mined revert has no reason: the call is repeated on its block's state, which says it. */
async function explainRevert(client: PublicClient, call: ChainCall, reverted: Reverted): Promise<Error> {
  const { signer, target, receipt } = reverted;
  try {
    await client.call({ account: signer, ...target, blockNumber: receipt.blockNumber });
  } catch (error) {
    return toChainError(call.call, error);
  }
  const args = { txHash: receipt.transactionHash, gasUsed: receipt.gasUsed };
  return new ChainError({ code: "CHAIN_REVERTED", call: call.call, error: "Unknown", args });
}

import { type Address, type Bytes32, type Hex, parseAddress } from "@cortensor/protocol";
import type { Log, PublicClient, TransactionReceipt } from "viem";
import { type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { ChainError, chainCall, toChainError } from "./chainError.js";
import { type ChainReader, createChainReader, type HomeReader, type RpcWatch } from "./chainReader.js";
import { type Flight, type FlightPlan, type Launcher, launch } from "./flight.js";
import { type FlightEnd, followFlight } from "./followFlight.js";
import type { NetworkProfile } from "./profile.js";
import { raiseBlocker } from "./raiseBlocker.js";
import { SerialQueue } from "./serialQueue.js";

/** Gas on top of the estimate, in percent: state may change between estimate and block. */
const GAS_MARGIN_PERCENT = 20n;
/** Times a call is sent with a nonce that another process with the same key then uses. */
const SENDS_MAX = 4;

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
export type ChainWriter = ChainReader &
  ChainSender & {
    /** The same account at home: in the same queue where that is the same chain. */
    readonly home: HomeWriter;
  };

/** Reads a network's home, and sends there as one account. */
export type HomeWriter = HomeReader & ChainSender;

/** What sends as one account of one chain. */
export type ChainSender = {
  readonly account: Address;
  readonly signer: PrivateKeyAccount;
  /**
   * Sends one call and waits until it is in a block, replacing it by dearer versions while it is stuck. Throws CHAIN_REVERTED
   * with the contract's error: then nothing changed; CHAIN_UNCONFIRMED and CHAIN_UNREACHABLE: then it may still come.
   */
  send(call: ChainCall): Promise<SentCall>;
  /** Replaces the account's oldest waiting transaction by a dearer one, when an earlier process left it: it does the same. */
  raiseWaiting(): Promise<void>;
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
  const { client, profile, home } = reader;
  const keys = { privateKey, ...(onSign && { onSign }) };
  const serving = createSender({ client, chainId: profile.chainId, ...keys });
  const isOne = profile.home === undefined;
  const atHome = isOne ? serving : createSender({ client: home.client, chainId: home.profile.chainId, ...keys });
  return { ...reader, ...serving, home: { ...home, ...atHome } };
}

/** The sending half of a writer, for when there is no profile yet. */
export function createSender(request: {
  readonly client: PublicClient;
  readonly chainId: number;
  readonly privateKey: Hex;
  readonly onSign?: () => void;
  readonly nowMs?: () => number;
}): ChainSender {
  const { client, chainId, onSign, nowMs = Date.now } = request;
  const signer = tellSigning(privateKeyToAccount(request.privateKey), onSign);
  const launcher: Launcher = { client, chainId, signer };
  const queue = new SerialQueue();
  const underWay = new Set<Flight>();
  const isUnderWay = (nonce: number): boolean => [...underWay].some((flight) => flight.nonce === nonce);

  /** Estimated before the queue: a call that would revert takes no nonce and keeps nobody waiting. */
  async function plan({ call, to, data, value }: ChainCall): Promise<FlightPlan> {
    const target = { ...(to && { to }), ...(data && { data }), value: value ?? 0n };
    const estimate = await chainCall(call, client.estimateGas({ account: signer, ...target }));
    return { call, target, gas: (estimate * (100n + GAS_MARGIN_PERCENT)) / 100n };
  }

  async function fly(planned: FlightPlan): Promise<FlightEnd> {
    const { flight, startedMs } = await queue.run(async () => {
      const askedMs = nowMs();
      const launched = await launch(launcher, planned, underWay);
      underWay.add(launched);
      return { flight: launched, startedMs: askedMs };
    });
    try {
      return await followFlight({ launcher, nowMs, isUnderWay }, { flight, startedMs });
    } catch (error) {
      throw toChainError(planned.call, error);
    } finally {
      underWay.delete(flight);
    }
  }

  async function send(call: ChainCall): Promise<SentCall> {
    for (let sends = 1; ; sends += 1) {
      // Anew after another transaction took the nonce: it may have done the same.
      const planned = await plan(call);
      const end = await fly(planned);
      if (end.kind === "displaced" && sends < SENDS_MAX) continue;
      if (end.kind === "displaced") throw new ChainError({ code: "CHAIN_DISPLACED", call: call.call, sends });
      if (end.kind === "unconfirmed") {
        const { txHash, waitedMs } = end;
        throw new ChainError({ code: "CHAIN_UNCONFIRMED", call: call.call, txHash, waitedMs });
      }
      const { receipt } = end;
      const { target } = planned;
      if (receipt.status === "reverted") throw await explainRevert(client, call, { signer, target, receipt });
      return toSent(receipt);
    }
  }
  async function raiseWaiting(): Promise<void> {
    const mined = client.getTransactionCount({ address: signer.address, blockTag: "latest" });
    const nonce = await chainCall("raiseWaiting", mined);
    if (!isUnderWay(nonce)) await raiseBlocker(launcher, nonce);
  }
  return { account: parseAddress(signer.address), signer, send, raiseWaiting };
}

function toSent(receipt: TransactionReceipt): SentCall {
  const { transactionHash, blockNumber, gasUsed, logs, contractAddress } = receipt;
  return {
    txHash: transactionHash,
    blockNumber,
    gasUsed,
    logs,
    contractAddress: contractAddress ? parseAddress(contractAddress) : undefined,
  };
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

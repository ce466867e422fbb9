import type { Address, Bytes32, Hex } from "@cortensor/protocol";
import { keccak256, NonceTooLowError, type PublicClient } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { toChainError } from "./chainError.js";
import { findCause } from "./findCause.js";
import { type Fees, raiseFees } from "./raiseFees.js";
import { RpcSilence } from "./rpcEndpoint.js";

/** Tries with another nonce when somebody else used the account meanwhile, or with the same when no answer came. */
const LAUNCH_TRIES = 4;

/** Who sends, and by what. */
export type Launcher = {
  readonly client: PublicClient;
  readonly chainId: number;
  readonly signer: PrivateKeyAccount;
};

/** What a transaction does, whatever its nonce and fees. */
export type FlightPlan = {
  /** What it is, for errors. */
  readonly call: string;
  readonly target: { readonly to?: Address; readonly data?: Hex; readonly value: bigint };
  readonly gas: bigint;
};

/** A signed transaction. */
type Version = { readonly hash: Bytes32; readonly raw: Hex };

/** A call that was sent under one nonce: at most one of its versions ever comes into a block. */
export type Flight = FlightPlan & {
  readonly nonce: number;
  readonly fees: Fees;
  /** Oldest first; the last one is the dearest. */
  readonly versions: readonly Version[];
};

/**
 * Signs and sends a call under the next nonce: the chain's pending count, or one above what this process has under way. Only
 * within the sender's serial queue. Resolves before any block.
 */
export async function launch(
  launcher: Launcher,
  plan: FlightPlan,
  underWay: Iterable<Pick<Flight, "nonce">>,
): Promise<Flight> {
  const { client, signer } = launcher;
  try {
    for (let attempt = 1; ; attempt += 1) {
      const [pending, fees] = await Promise.all([
        client.getTransactionCount({ address: signer.address, blockTag: "pending" }),
        client.estimateFeesPerGas(),
      ]);
      let nonce = pending;
      for (const other of underWay) nonce = Math.max(nonce, other.nonce + 1);
      const version = await sign(launcher, { ...plan, nonce, fees });
      if (await isTaken(client, version)) return { ...plan, nonce, fees, versions: [version] };
      if (attempt === LAUNCH_TRIES) throw new Error("the account's nonces are used up by somebody else");
    }
  } catch (error) {
    throw toChainError(plan.call, error);
  }
}

/** Sends the newest version once more: its node may have forgotten it. */
export async function relaunch({ client }: Launcher, { call, versions }: Flight): Promise<void> {
  const version = versions.at(-1);
  if (version === undefined) return;
  try {
    await isTaken(client, version);
  } catch (error) {
    throw toChainError(call, error);
  }
}

/** Replaces a flight by a dearer version of itself; the same flight when its bound is reached. */
export async function raise(launcher: Launcher, flight: Flight): Promise<Flight> {
  const { client } = launcher;
  try {
    const fees = raiseFees(flight.fees, await client.estimateFeesPerGas());
    if (fees === undefined) return flight;
    const version = await sign(launcher, { ...flight, fees });
    // The nonce may be used by now, by an older version too: then there is nothing to replace.
    if (!(await isTaken(client, version))) return flight;
    return { ...flight, fees, versions: [...flight.versions, version] };
  } catch (error) {
    throw toChainError(flight.call, error);
  }
}

async function sign(
  { chainId, signer }: Launcher,
  { nonce, gas, fees, target }: FlightPlan & { readonly nonce: number; readonly fees: Fees },
): Promise<Version> {
  const { maxFeePerGas, maxPriorityFeePerGas } = fees;
  const offer = { maxFeePerGas, maxPriorityFeePerGas };
  const raw = await signer.signTransaction({ type: "eip1559", chainId, nonce, gas, ...offer, ...target });
  return { hash: keccak256(raw), raw };
}

/**
 * Sends a version; false when its nonce is used by another transaction. When no answer comes, or one that an earlier try
 * explains, the chain is asked whether it has it: a transaction that may be under way never counts as not sent.
 */
async function isTaken(client: PublicClient, { hash, raw }: Version): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.sendRawTransaction({ serializedTransaction: raw });
      return true;
    } catch (error) {
      if (await isKnown(client, hash)) return true;
      if (isNonceUsed(error)) return false;
      const isSilent = findCause(error, (inner) => inner instanceof RpcSilence) !== undefined;
      if (!isSilent || attempt === LAUNCH_TRIES) throw error;
    }
  }
}

/** Whether the chain, or its waiting room, has a transaction. */
export async function isKnown(client: PublicClient, hash: Bytes32): Promise<boolean> {
  return (await client.request({ method: "eth_getTransactionByHash", params: [hash] })) !== null;
}

function isNonceUsed(error: unknown): boolean {
  const isMeant = (inner: unknown): boolean =>
    inner instanceof NonceTooLowError ||
    (inner instanceof Error && /nonce too low|replacement transaction underpriced/i.test(inner.message));
  return findCause(error, isMeant) !== undefined;
}

import type { Address, Bytes32, Hex } from "@cortensor/protocol";
import { BaseError, keccak256, NonceTooLowError, type PublicClient } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { toChainError } from "./chainError.js";

/** Tries with a fresh nonce when somebody else used the account meanwhile. */
const NONCE_TRIES = 4;

/** The next nonce as this process knows it; an RPC behind a load balancer may lag behind. */
export type Nonces = { next: number };

/** Signs and sends one transaction. Only within the sender's serial queue. Resolves to its hash, before any block. */
export async function broadcast(request: {
  readonly client: PublicClient;
  readonly chainId: number;
  readonly signer: PrivateKeyAccount;
  readonly nonces: Nonces;
  readonly call: string;
  readonly target: { readonly to?: Address; readonly data?: Hex; readonly value: bigint };
  readonly gas: bigint;
}): Promise<Bytes32> {
  const { client, chainId, signer, nonces, target, gas } = request;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const [pending, fees] = await Promise.all([
        client.getTransactionCount({ address: signer.address, blockTag: "pending" }),
        client.estimateFeesPerGas(),
      ]);
      const nonce = Math.max(pending, nonces.next);
      const raw = await signer.signTransaction({ type: "eip1559", chainId, nonce, gas, ...fees, ...target });
      const hash = keccak256(raw);
      await sendOnce(client, raw);
      nonces.next = nonce + 1;
      return hash;
    } catch (error) {
      // What this process believes of the nonce may be wrong (a chain that was reset): the next try asks the chain alone.
      nonces.next = 0;
      if (attempt < NONCE_TRIES && isNonceTooLow(error)) continue;
      throw toChainError(request.call, error);
    }
  }
}

/** A transaction that the node knows already was sent by an earlier try whose answer was lost. */
async function sendOnce(client: PublicClient, raw: Hex): Promise<void> {
  try {
    await client.sendRawTransaction({ serializedTransaction: raw });
  } catch (error) {
    if (!(error instanceof BaseError) || !/already (known|imported)/i.test(error.message)) throw error;
  }
}

function isNonceTooLow(error: unknown): boolean {
  if (!(error instanceof BaseError)) return false;
  return error.walk((inner) => inner instanceof NonceTooLowError) !== null || /nonce too low/i.test(error.message);
}

import {
  type Address,
  getBase64Encoder,
  getCompiledTransactionMessageDecoder,
  getPublicKeyFromAddress,
  getSignatureFromTransaction,
  getTransactionDecoder,
  isAddress,
  type Signature,
  type Transaction,
  verifySignature,
} from "@solana/kit";
import { type SolanaCluster, solanaBounds } from "./connectSolana.js";
import type { SolanaInstruction } from "./depositsIn.js";
import { lied, SolanaError, solanaCall } from "./solanaError.js";

/** A final transaction: what was signed, and what the RPC says became of it. */
export type FetchedTransaction = {
  readonly slot: number;
  readonly time: number;
  readonly hasFailed: boolean;
  readonly instructions: readonly SolanaInstruction[];
  /** What a token account held before and after; zero where there was none. */
  tokensOf(account: Address): { readonly before: bigint; readonly after: bigint };
};

/**
 * Fetches a final transaction and checks that its first signature is the one asked for, over the very bytes that came: an RPC can't change what was signed.
 * Whether it failed, its slot and its balances are the RPC's word. Throws SOLANA_MISSING, SOLANA_LIED.
 */
export async function fetchTransaction({ rpc }: SolanaCluster, of: Signature): Promise<FetchedTransaction> {
  const config = { commitment: "finalized", encoding: "base64", maxSupportedTransactionVersion: 0 } as const;
  const said = await solanaCall("getTransaction", rpc.getTransaction(of, config).send(solanaBounds()));
  if (said === null) throw new SolanaError({ code: "SOLANA_MISSING", signature: of }, { isRetryable: true });
  const { slot, blockTime, meta } = said;
  if (meta === null || blockTime === null) throw lied(`no outcome or no time of ${of}`);
  const message = await openMessage(of, said.transaction[0]);
  const { staticAccounts } = message;
  const loaded = meta.loadedAddresses ?? { writable: [], readonly: [] };
  const accounts = [...staticAccounts, ...loaded.writable, ...loaded.readonly];
  const amountIn = (balances: typeof meta.preTokenBalances, account: Address) => {
    const found = (balances ?? []).find(({ accountIndex }) => accounts[accountIndex] === account);
    return BigInt(found?.uiTokenAmount.amount ?? "0");
  };
  return {
    slot: Number(slot),
    time: Number(blockTime),
    hasFailed: meta.err !== null,
    instructions: message.instructions.map(({ programAddressIndex, accountIndices, data }) => ({
      program: staticAccounts[programAddressIndex],
      accounts: (accountIndices ?? []).map((index) => staticAccounts[index]),
      data: new Uint8Array(data ?? []),
    })),
    tokensOf: (account) => ({
      before: amountIn(meta.preTokenBalances, account),
      after: amountIn(meta.postTokenBalances, account),
    }),
  };
}

async function openMessage(of: Signature, wire: string) {
  const transaction = readWire(of, wire);
  const { signatures, messageBytes } = transaction;
  const [payer] = Object.keys(signatures);
  const first = payer !== undefined && isAddress(payer) ? signatures[payer] : undefined;
  if (payer === undefined || !isAddress(payer) || first === null || first === undefined)
    throw lied(`${of} is unsigned`);
  const isSigned = await verifySignature(await getPublicKeyFromAddress(payer), first, messageBytes);
  if (!isSigned || getSignatureFromTransaction(transaction) !== of) throw lied(`what came for ${of} is another`);
  const message = getCompiledTransactionMessageDecoder().decode(messageBytes);
  if (message.version !== 0 && message.version !== "legacy") throw lied(`${of} has version ${message.version}`);
  return message;
}

function readWire(of: Signature, wire: string): Transaction {
  try {
    return getTransactionDecoder().decode(getBase64Encoder().encode(wire));
  } catch (cause) {
    throw new SolanaError({ code: "SOLANA_LIED", what: `what came for ${of} can't be read` }, { cause });
  }
}

import { getBase58Encoder, getBase64Decoder, getBase64Encoder, isSignature, isSolanaError } from "@solana/kit";
import { z } from "zod";
import { address } from "./accountMethods.js";
import { SIGNATURES_PAGE_MAX, STATUSES_MAX } from "./limits.js";
import { readTransaction } from "./readTransaction.js";
import { type RpcMethod, rpcMethod, withContext } from "./rpcMethod.js";
import { RPC_CODES, RpcRefusal } from "./rpcRefusal.js";
import { COMMITMENTS, commitmentOf } from "./slots.js";
import type { SvmLedger, SvmTransaction, TokenBalance } from "./svmLedger.js";
import { toTokenAmount } from "./tokenAccount.js";
import type { Wire } from "./wire.js";

const FEE_PER_SIGNATURE = 5_000n;
const BASE64_CHARACTERS_MAX = 1_644;
const signature = z.string().refine((value) => isSignature(value), "no signature");
const wire = z.string().max(BASE64_CHARACTERS_MAX);
const encoding = z.enum(["base58", "base64"]).optional();
const page = {
  before: signature.optional(),
  until: signature.optional(),
  limit: z.int().min(1).max(SIGNATURES_PAGE_MAX).optional(),
};

/** Transactions, in and out. */
export const transactionMethods: Readonly<Record<string, RpcMethod>> = {
  sendTransaction: rpcMethod(
    z.tuple([wire]),
    {
      encoding,
      skipPreflight: z.boolean().optional(),
      preflightCommitment: z.enum(COMMITMENTS).optional(),
      maxRetries: z.int().min(0).optional(),
    },
    ({ cluster, config }, [text]) => {
      const read = readTransaction(decode(text, config.encoding));
      if (config.skipPreflight !== true) {
        const { error, logs, units } = cluster.simulate(read);
        if (error !== null) throw preflight(error, logs, units);
      }
      const sent = cluster.send(read);
      if (sent.kind === "refused") throw preflight(sent.error, [], 0n);
      return read.signature;
    },
  ),
  simulateTransaction: rpcMethod(
    z.tuple([wire]),
    { encoding, sigVerify: z.boolean().optional(), replaceRecentBlockhash: z.literal(false).optional() },
    ({ cluster, commitment, config }, [text]) => {
      const { error, logs, units } = cluster.simulate(readTransaction(decode(text, config.encoding)));
      const value = { err: error, logs, unitsConsumed: units, accounts: null, returnData: null };
      return withContext(cluster, commitment, value);
    },
  ),
  getSignatureStatuses: rpcMethod(
    z.tuple([z.array(signature).max(STATUSES_MAX)]),
    { searchTransactionHistory: z.boolean().optional() },
    ({ cluster }, [all]) => {
      const statuses = all.map((one) => {
        const found = cluster.transaction(one);
        return found === undefined ? null : toStatus(cluster, found);
      });
      return withContext(cluster, "processed", statuses);
    },
  ),
  getSignaturesForAddress: rpcMethod(z.tuple([address]), page, ({ cluster, commitment, config }, [of]) => {
    if (commitment === "processed") throw new RpcRefusal(RPC_CODES.params, "processed isn't supported here");
    const { before, until, limit = SIGNATURES_PAGE_MAX } = config;
    const limitSlot = cluster.slotAt(commitment);
    const newestFirst = cluster
      .transactionsOf(of)
      .filter(({ slot }) => slot <= limitSlot)
      .reverse();
    const from = before === undefined ? 0 : 1 + newestFirst.findIndex(({ read }) => read.signature === before);
    if (before !== undefined && from === 0) return [];
    const end = newestFirst.findIndex(({ read }) => read.signature === until);
    const listed = newestFirst.slice(from, end < 0 ? undefined : Math.max(from, end)).slice(0, limit);
    return listed.map((found) => ({
      signature: found.read.signature,
      slot: found.slot,
      err: found.error,
      memo: null,
      blockTime: cluster.timeOf(found.slot),
      confirmationStatus: commitmentOf(found.slot, cluster),
    }));
  }),
  getTransaction: rpcMethod(
    z.tuple([signature]),
    { encoding: z.enum(["base58", "base64"]), maxSupportedTransactionVersion: z.int().min(0).max(1).optional() },
    ({ cluster, commitment, config }, [of]) => {
      if (commitment === "processed") throw new RpcRefusal(RPC_CODES.params, "processed isn't supported here");
      const found = cluster.transaction(of);
      if (found === undefined || found.slot > cluster.slotAt(commitment)) return null;
      if (found.read.version === 0 && config.maxSupportedTransactionVersion === undefined)
        throw new RpcRefusal(RPC_CODES.version, "Transaction version (0) is not supported by the requesting client");
      return toTransaction(cluster, found);
    },
  ),
};

function toStatus(cluster: SvmLedger, { slot, error }: SvmTransaction): Wire {
  const confirmationStatus = commitmentOf(slot, cluster);
  const confirmations = confirmationStatus === "finalized" ? null : cluster.slot - slot;
  return {
    slot,
    confirmations,
    err: error,
    status: error === null ? { Ok: null } : { Err: error },
    confirmationStatus,
  };
}

function toTransaction(cluster: SvmLedger, found: SvmTransaction): Wire {
  const { slot, read, error, logs, units, lamports } = found;
  const fee = FEE_PER_SIGNATURE * BigInt(Object.keys(read.transaction.signatures).length);
  return {
    slot,
    blockTime: cluster.timeOf(slot),
    version: read.version,
    transaction: [getBase64Decoder().decode(read.bytes), "base64"],
    meta: {
      err: error,
      status: error === null ? { Ok: null } : { Err: error },
      fee,
      preBalances: lamports.map(({ before }) => before),
      postBalances: lamports.map(({ after }) => after),
      preTokenBalances: found.tokensBefore.map(toBalance),
      postTokenBalances: found.tokensAfter.map(toBalance),
      innerInstructions: [],
      logMessages: logs,
      computeUnitsConsumed: units,
      loadedAddresses: { readonly: [], writable: [] },
      rewards: [],
    },
  };
}

function toBalance({ accountIndex, mint, owner, amount, decimals }: TokenBalance): Wire {
  return { accountIndex, mint, owner, uiTokenAmount: toTokenAmount(amount, decimals) };
}

function preflight(err: Wire, logs: readonly string[], units: bigint): RpcRefusal {
  const message = `Transaction simulation failed: ${typeof err === "string" ? err : "an instruction failed"}`;
  const code = err === "SignatureFailure" ? RPC_CODES.signature : RPC_CODES.preflight;
  return new RpcRefusal(code, message, { err, logs, unitsConsumed: units, accounts: null, returnData: null });
}

function decode(text: string, encoding: "base58" | "base64" = "base58"): Uint8Array {
  try {
    return new Uint8Array((encoding === "base64" ? getBase64Encoder() : getBase58Encoder()).encode(text));
  } catch (error) {
    if (isSolanaError(error)) throw new RpcRefusal(RPC_CODES.params, `the transaction isn't ${encoding}`);
    throw error;
  }
}

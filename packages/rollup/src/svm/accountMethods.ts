import {
  type Address,
  getBase58Decoder,
  getBase58Encoder,
  getBase64Decoder,
  isAddress,
  type MaybeEncodedAccount,
} from "@solana/kit";
import { TOKEN_PROGRAM_ADDRESS } from "@solana-program/token";
import { z } from "zod";
import { ACCOUNT_BYTES_MAX, ACCOUNTS_MAX, FILTERS_MAX, PROGRAM_ACCOUNTS_MAX, TOKEN_ACCOUNTS_MAX } from "./limits.js";
import { type RpcMethod, rpcMethod, withContext } from "./rpcMethod.js";
import { RPC_CODES, RpcRefusal } from "./rpcRefusal.js";
import { readDecimals, readTokenAccount, toTokenAmount } from "./tokenAccount.js";
import type { Wire } from "./wire.js";

const RENT_EPOCH = 2n ** 64n - 1n;
/** Longest data that Solana writes in base58. */
const BASE58_BYTES_MAX = 128;

export const address = z.custom<Address>((value) => typeof value === "string" && isAddress(value), "no address");
const shape = {
  /** `jsonParsed` gives base64: there are no parsers here, and Solana does the same for an account that it can't parse. */
  encoding: z.enum(["base58", "base64", "jsonParsed"]).optional(),
  dataSlice: z
    .strictObject({ offset: z.int().min(0).max(ACCOUNT_BYTES_MAX), length: z.int().min(0).max(ACCOUNT_BYTES_MAX) })
    .optional(),
};
type Shape = z.infer<z.ZodObject<typeof shape>>;
const BASE58 = /^[1-9A-HJ-NP-Za-km-z]{1,175}$/;
const filter = z.union([
  z.strictObject({ dataSize: z.int().min(0).max(ACCOUNT_BYTES_MAX) }),
  z.strictObject({
    memcmp: z.strictObject({
      offset: z.int().min(0).max(ACCOUNT_BYTES_MAX),
      bytes: z.string().regex(BASE58),
      encoding: z.literal("base58").optional(),
    }),
  }),
]);
const owned = z.union([z.strictObject({ mint: address }), z.strictObject({ programId: address })]);

/** What accounts hold, at a commitment. */
export const accountMethods: Readonly<Record<string, RpcMethod>> = {
  getBalance: rpcMethod(z.tuple([address]), {}, ({ cluster, commitment }, [of]) => {
    const account = cluster.account(of, commitment);
    return withContext(cluster, commitment, account.exists ? account.lamports : 0n);
  }),
  getAccountInfo: rpcMethod(z.tuple([address]), shape, ({ cluster, commitment, config }, [of]) =>
    withContext(cluster, commitment, toAccount(cluster.account(of, commitment), config)),
  ),
  getMultipleAccounts: rpcMethod(
    z.tuple([z.array(address).max(ACCOUNTS_MAX)]),
    shape,
    ({ cluster, commitment, config }, [all]) => {
      const accounts = all.map((of) => toAccount(cluster.account(of, commitment), config));
      return withContext(cluster, commitment, accounts);
    },
  ),
  getProgramAccounts: rpcMethod(
    z.tuple([address]),
    { ...shape, filters: z.array(filter).max(FILTERS_MAX).optional(), withContext: z.literal(false).optional() },
    ({ cluster, commitment, config }, [program]) => {
      const passes = (config.filters ?? []).map(toPredicate);
      const accounts = cluster.addresses().flatMap((pubkey) => {
        const account = cluster.account(pubkey, commitment);
        const isAsked =
          account.exists && account.programAddress === program && passes.every((holds) => holds(account.data));
        return isAsked ? [{ pubkey, account: toAccount(account, config) }] : [];
      });
      if (accounts.length > PROGRAM_ACCOUNTS_MAX)
        throw new RpcRefusal(RPC_CODES.request, "too many accounts: name them more closely");
      return accounts;
    },
  ),
  getTokenAccountBalance: rpcMethod(z.tuple([address]), {}, ({ cluster, commitment }, [of]) => {
    const token = readTokenAccount(cluster.account(of, commitment));
    if (token === undefined) throw new RpcRefusal(RPC_CODES.params, "Invalid param: not a Token account");
    const decimals = readDecimals(cluster.account(token.mint, commitment)) ?? 0;
    return withContext(cluster, commitment, toTokenAmount(token.amount, decimals));
  }),
  getTokenAccountsByOwner: rpcMethod(
    z.tuple([address, owned]),
    shape,
    ({ cluster, commitment, config }, [owner, by]) => {
      if ("programId" in by && by.programId !== TOKEN_PROGRAM_ADDRESS)
        throw new RpcRefusal(RPC_CODES.params, "Invalid param: unrecognized Token program id");
      const accounts = cluster.addresses().flatMap((pubkey) => {
        const account = cluster.account(pubkey, commitment);
        const token = readTokenAccount(account);
        const isAsked = token?.owner === owner && (!("mint" in by) || token.mint === by.mint);
        return isAsked ? [{ pubkey, account: toAccount(account, config) }] : [];
      });
      return withContext(cluster, commitment, accounts.slice(0, TOKEN_ACCOUNTS_MAX));
    },
  ),
  getMinimumBalanceForRentExemption: rpcMethod(
    z.tuple([z.int().min(0).max(ACCOUNT_BYTES_MAX)]),
    {},
    ({ cluster }, [bytes]) => cluster.rentExemption(bytes),
  ),
};

function toPredicate(
  of: z.infer<typeof filter>,
): (data: { readonly [index: number]: number; readonly length: number }) => boolean {
  if ("dataSize" in of) return (data) => data.length === of.dataSize;
  const wanted = [...getBase58Encoder().encode(of.memcmp.bytes)];
  return (data) => wanted.every((byte, index) => data[of.memcmp.offset + index] === byte);
}

function toAccount(account: MaybeEncodedAccount, { encoding = "base58", dataSlice }: Shape): Wire {
  if (!account.exists || account.lamports === 0n) return null;
  const from = dataSlice?.offset ?? 0;
  const data = account.data.subarray(from, dataSlice === undefined ? undefined : from + dataSlice.length);
  if (encoding === "base58" && data.length > BASE58_BYTES_MAX)
    throw new RpcRefusal(RPC_CODES.request, "Encoded binary (base 58) data should be less than 128 bytes");
  return {
    data:
      encoding === "base58" ? [getBase58Decoder().decode(data), encoding] : [getBase64Decoder().decode(data), "base64"],
    executable: account.executable,
    lamports: account.lamports,
    owner: account.programAddress,
    rentEpoch: RENT_EPOCH,
    space: account.space,
  };
}

import type { Bytes32, Address as EvmAddress } from "@cortensor/protocol";
import type { Address } from "@solana/kit";
import {
  getMintDecoder,
  getMintSize,
  getTokenDecoder,
  getTokenSize,
  TOKEN_PROGRAM_ADDRESS,
} from "@solana-program/token";
import type { SolanaVault } from "./buildDeposit.js";
import { type SolanaCluster, solanaBounds } from "./connectSolana.js";
import { SolanaError, solanaCall } from "./solanaError.js";
import { hexToSolanaKey, solanaKeyToHex } from "./solanaKeys.js";

/** What a vault holds, and at which final slot. */
export type Held = { readonly slot: number; readonly balance: bigint };

/** Looks a vault up by its address: which mint it is of, and that one's decimals. Throws SOLANA_BAD_VAULT. */
export async function openVault(
  cluster: SolanaCluster,
  of: { readonly vault: Bytes32; readonly chainId: number; readonly network: EvmAddress },
): Promise<SolanaVault> {
  const { mint } = await readToken(cluster, of.vault);
  const { data } = await readTokenProgramAccount(cluster, mint);
  if (data.length !== getMintSize()) throw bad(of.vault, "its mint is none");
  const { decimals } = getMintDecoder().decode(data);
  return { ...of, genesisHash: cluster.genesisHash, mint: solanaKeyToHex(mint), decimals };
}

/** What a vault holds, at the last final slot. Throws SOLANA_BAD_VAULT for an account that is no vault of this mint. */
export async function readHeld(cluster: SolanaCluster, { vault, mint }: SolanaVault): Promise<Held> {
  const token = await readToken(cluster, vault);
  if (solanaKeyToHex(token.mint) !== mint) throw bad(vault, "it is of another mint");
  return { slot: token.slot, balance: token.amount };
}

async function readToken(cluster: SolanaCluster, vault: Bytes32) {
  const { slot, data } = await readTokenProgramAccount(cluster, hexToSolanaKey(vault));
  if (data.length !== getTokenSize()) throw bad(vault, "it is no token account");
  const { mint, amount } = getTokenDecoder().decode(data);
  return { slot, mint, amount };
}

async function readTokenProgramAccount({ rpc }: SolanaCluster, of: Address) {
  const config = { commitment: "finalized", encoding: "base64" } as const;
  const asked = rpc.getAccountInfo(of, config).send(solanaBounds());
  const { context, value } = await solanaCall("getAccountInfo", asked);
  if (value === null) throw bad(solanaKeyToHex(of), "there is no such account");
  if (value.owner !== TOKEN_PROGRAM_ADDRESS) throw bad(solanaKeyToHex(of), "it isn't the SPL Token program's");
  const data = Uint8Array.from(atob(value.data[0]), (character) => character.charCodeAt(0));
  return { slot: Number(context.slot), data };
}

function bad(of: Bytes32, reason: string): SolanaError {
  return new SolanaError({ code: "SOLANA_BAD_VAULT", vault: hexToSolanaKey(of), reason });
}

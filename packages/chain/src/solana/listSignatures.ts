import { isSignature, type Signature } from "@solana/kit";
import type { SolanaVault } from "./buildDeposit.js";
import { type SolanaCluster, solanaBounds } from "./connectSolana.js";
import type { DepositCursor } from "./depositCursor.js";
import { SOLANA_BACKLOG_MAX } from "./limits.js";
import { lied, SolanaError, solanaCall } from "./solanaError.js";
import { hexToSolanaKey, hexToSolanaSignature } from "./solanaKeys.js";

/** A transaction as a list names it. */
export type ListedSignature = { readonly signature: Signature; readonly slot: number; readonly hasFailed: boolean };

/**
 * A vault's final transactions behind a cursor, oldest first. Lists come newest first, a page at a time. Throws SOLANA_LIED for one out of order, twice,
 * before the cursor or above the head; SOLANA_BACKLOG beyond SOLANA_BACKLOG_MAX.
 */
export async function listSignatures(parts: {
  readonly cluster: SolanaCluster;
  readonly vault: SolanaVault;
  readonly cursor: DepositCursor;
  readonly pageSize: number;
  readonly headSlot: number;
}): Promise<readonly ListedSignature[]> {
  const { cursor, pageSize } = parts;
  const listed: ListedSignature[] = [];
  const seen = new Set<string>(cursor.signature === undefined ? [] : [hexToSolanaSignature(cursor.signature)]);
  for (let isMore = true; isMore; ) {
    const page = await fetchPage(parts, listed.at(-1)?.signature);
    if (page.length > pageSize) throw lied(`a page of ${page.length}, of ${pageSize} asked for`);
    for (const one of page) {
      if (seen.has(one.signature)) throw lied(`${one.signature} twice in a list`);
      if (one.slot > (listed.at(-1)?.slot ?? Number.MAX_SAFE_INTEGER)) throw lied("a list out of order");
      if (one.slot < cursor.slot) throw lied(`${one.signature} is older than what was read`);
      seen.add(one.signature);
      listed.push(one);
    }
    if (listed.length > SOLANA_BACKLOG_MAX) throw new SolanaError({ code: "SOLANA_BACKLOG", most: SOLANA_BACKLOG_MAX });
    isMore = page.length === pageSize;
  }
  return listed.reverse();
}

async function fetchPage(
  parts: Parameters<typeof listSignatures>[0],
  before: Signature | undefined,
): Promise<readonly ListedSignature[]> {
  const { cluster, vault, cursor, pageSize, headSlot } = parts;
  const asked = cluster.rpc.getSignaturesForAddress(hexToSolanaKey(vault.vault), {
    commitment: "finalized",
    limit: pageSize,
    minContextSlot: BigInt(headSlot),
    ...(before === undefined ? {} : { before }),
    ...(cursor.signature === undefined ? {} : { until: hexToSolanaSignature(cursor.signature) }),
  });
  const page = await solanaCall("getSignaturesForAddress", asked.send(solanaBounds()));
  return page.map(({ signature, slot, err }) => {
    if (!isSignature(signature)) throw lied("a list of what are no signatures");
    return { signature, slot: Number(slot), hasFailed: err !== null };
  });
}

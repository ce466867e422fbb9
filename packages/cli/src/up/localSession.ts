import {
  addSpendingKey,
  type ChainWriter,
  depositToSession,
  openSession,
  readHead,
  readLane,
  readSession,
  readSpendingKey,
  setAllotment,
} from "@cortensor/chain";
import type { Address } from "@cortensor/protocol";
import { LOCAL_AMOUNTS } from "./localAmounts.js";

/** A spending key of a local network lives this long, and is renewed by a new session before it ends. */
const SPENDING_KEY_SECONDS = 10 * 365 * 86_400;

/**
 * The operator's own session: deposit, allotment to its lane, and the key that signs its debits. Whatever of it is there already is
 * kept. Resolves to the session's account.
 */
export async function ensureLocalSession(
  chain: ChainWriter,
  { account, spending }: { readonly account: number | undefined; readonly spending: Address },
): Promise<{ readonly account: number; readonly isNew: boolean }> {
  const kept = account === undefined ? undefined : await findOwn(chain, account);
  if (kept !== undefined) {
    await ensureSpendingKey(chain, { account: kept, spending });
    return { account: kept, isNew: false };
  }
  const opened = await openSession(chain, { name: "local network", engine: "any" });
  const wei = LOCAL_AMOUNTS.depositWei;
  await Promise.all([
    depositToSession(chain, { account: opened.account, wei }).then(() =>
      setAllotment(chain, { account: opened.account, lane: chain.account, wei }),
    ),
    ensureSpendingKey(chain, { account: opened.account, spending }),
  ]);
  return { account: opened.account, isNew: true };
}

/** The account, if it is still open and has an allotment in the operator's own lane. */
async function findOwn(chain: ChainWriter, account: number): Promise<number | undefined> {
  const session = await readSession(chain, account);
  if (session === undefined || session.owner !== chain.account || session.closeAt !== 0) return undefined;
  const lane = await readLane(chain, { account, lane: chain.account });
  return lane.allotmentWei > lane.cumulativeWei ? account : undefined;
}

async function ensureSpendingKey(
  chain: ChainWriter,
  { account, spending }: { readonly account: number; readonly spending: Address },
): Promise<void> {
  const known = await readSpendingKey(chain, { account, key: spending });
  if (known.state === "active") return;
  const { timestamp } = await readHead(chain);
  await addSpendingKey(chain, {
    account,
    key: spending,
    capPerEpochWei: LOCAL_AMOUNTS.depositWei,
    totalCapWei: LOCAL_AMOUNTS.depositWei,
    expires: timestamp + SPENDING_KEY_SECONDS,
  });
}

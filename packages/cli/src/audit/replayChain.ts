import { type PaymentState, type Replay, replayPayments } from "@cortensor/books";
import {
  type ChainReader,
  createChainReader,
  type NetworkProfile,
  type PaymentRecord,
  readHead,
  readPaymentEvents,
  readPayments,
} from "@cortensor/chain";
import type { PaymentEvent } from "@cortensor/protocol";

/** A network's whole past of payments, and the block up to which it was read. */
export type ReplayedChain = Replay & {
  readonly blockNumber: bigint;
  readonly events: number;
  /** What the contracts say at that block of what is named here. */
  readSnapshot(state: PaymentState): Promise<PaymentRecord>;
};

/** Reads every payment event since the network began, and recomputes all balances from them. */
export async function replayChain(profile: NetworkProfile): Promise<ReplayedChain> {
  const chain = createChainReader({ profile });
  const { blockNumber } = await readHead(chain);
  const events: PaymentEvent[] = [];
  for await (const event of readPaymentEvents(chain, { fromBlock: profile.deployBlock, toBlock: blockNumber })) {
    events.push(event);
  }
  return {
    ...replayPayments(events),
    blockNumber,
    events: events.length,
    readSnapshot: (state) => readSnapshot(chain, { state, blockNumber }),
  };
}

function readSnapshot(
  chain: ChainReader,
  { state, blockNumber }: { readonly state: PaymentState; readonly blockNumber: bigint },
): Promise<PaymentRecord> {
  const accounts = new Map([...state.accounts].map(([account, { lanes }]) => [account, [...lanes.keys()]] as const));
  const operators = new Map([...state.operators].map(([lane, { credits }]) => [lane, [...credits.keys()]] as const));
  return readPayments(chain, { query: { accounts, operators }, blockNumber });
}

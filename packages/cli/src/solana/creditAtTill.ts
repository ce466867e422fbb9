import {
  type ChainWriter,
  connectSolana,
  creditDeposit,
  listDepositsRoots,
  readTill,
  type SolanaVault,
} from "@cortensor/chain";
import { DepositBook } from "@cortensor/node";
import { type Address, type Bytes32, solanaChainId, solanaDepositId } from "@cortensor/protocol";
import { systemClock } from "@cortensor/runtime";

/** Between two looks for a root: an epoch's is posted minutes after its end. */
const LOOK_MS = 5_000;

/** Waits until guards have posted the root that has a deposit, and has the till credit it. Zero wei when somebody else was first. */
export async function creditAtTill(parts: {
  readonly writer: ChainWriter;
  readonly till: Address;
  readonly vault: SolanaVault;
  readonly rpcUrl: string;
  readonly depositId: Bytes32;
  readonly signal: AbortSignal;
}): Promise<bigint> {
  const { writer, till, vault, rpcUrl, depositId, signal } = parts;
  const { t0, epochSeconds } = writer.profile;
  const connect = () => connectSolana({ url: rpcUrl, genesisHash: vault.genesisHash });
  const book = new DepositBook({ vault, connect, chain: { times: { t0, epochSeconds } } });
  for (;;) {
    if ((await readTill(writer, { till, depositId })).isDone) return 0n;
    await book.look();
    const posted = await listDepositsRoots(writer, solanaChainId(vault.genesisHash));
    for (const root of posted) {
      const made = book.postedDeposits(root, posted);
      const found = made?.deposits.find(({ deposit }) => solanaDepositId(deposit) === depositId);
      if (made === undefined || found === undefined) continue;
      const of = { till, deposit: found.deposit, root: made.root, epoch: root.epoch, fromEpoch: made.fromEpoch };
      return (await creditDeposit(writer, of)).creditedWei;
    }
    await systemClock.sleep(LOOK_MS, signal);
  }
}

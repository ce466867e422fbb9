import { type Address, parseAddress } from "@cortensor/protocol";
import type { PublicClient } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { chainCall } from "../chainError.js";
import type { ChainReader } from "../chainReader.js";
import type { ChainWriter } from "../chainWriter.js";
import { exitVaultAbi } from "../generated/ExitVault.js";
import { claimCall, claimIdOf, contractsOf, showCalls, signLeave } from "./claims.js";
import { type CoinsStep, leaveWithCoins } from "./coins.js";
import type { ExitPlace } from "./exitPlace.js";
import { findHoldings, type Holding } from "./holdings.js";
import { readFixedBlock } from "./lastState.js";
import { type LockStep, takeLocksBack } from "./locks.js";

/** What was done about one holding, as it is done. */
export type LeaveStep =
  | { readonly kind: "paid"; readonly holding: Holding; readonly txHash: string }
  /** By an earlier run, or by somebody else who had the account's word. */
  | { readonly kind: "paidBefore"; readonly holding: Holding }
  | CoinsStep
  | LockStep;

export type LeaveParts = {
  readonly place: ExitPlace;
  /** The chain as it was derived. */
  readonly chain: ChainReader;
  readonly parent: PublicClient;
  /** Pays for it on the parent: whoever likes. */
  readonly sender: Pick<ChainWriter, "send">;
  /** The member's own key. */
  readonly signer: PrivateKeyAccount;
  /** Where it is paid. */
  readonly to: Address;
  readonly onStep: (step: LeaveStep) => void;
};

/**
 * Takes out of a chain whose last state is fixed all that it has of an account: COR at once, coins as far as the portal's window lets them. A run that
 * was broken off, or that found a window that wasn't over, goes on where it was. Throws CHAIN_NOT_FIXED before the state is fixed.
 */
export async function leaveChain(parts: LeaveParts): Promise<{ readonly steps: readonly LeaveStep[] }> {
  const { place, chain, parent, signer, sender, to } = parts;
  const steps: LeaveStep[] = [];
  const tell = (step: LeaveStep) => {
    steps.push(step);
    parts.onStep(step);
  };
  const blockNumber = await readFixedBlock(parent, place);
  const account = parseAddress(signer.address);
  if (blockNumber !== undefined) {
    const holdings = await findHoldings(chain, { account, blockNumber });
    const wanted = holdings.flatMap((holding) => contractsOf(chain, holding));
    const shown = { chain, place, blockNumber, parent };
    if (wanted.length > 0) for (const call of await showCalls(shown, wanted)) await sender.send(call);
    const leaver = await signLeave(signer, { place, pays: place.vault, account, to });
    for (const holding of holdings) {
      if (await isClaimed(parts, holding)) {
        tell({ kind: "paidBefore", holding });
        continue;
      }
      const { txHash } = await sender.send(await claimCall({ chain, place, blockNumber, leaver }, holding));
      tell({ kind: "paid", holding, txHash });
    }
    for (const step of await leaveWithCoins({ ...parts, account, blockNumber })) tell(step);
  }
  for (const step of await takeLocksBack({ ...parts, account, blockNumber })) tell(step);
  return { steps };
}

async function isClaimed({ place, parent, signer }: LeaveParts, holding: Holding): Promise<boolean> {
  const vault = { address: place.vault, abi: exitVaultAbi } as const;
  const args = [claimIdOf(parseAddress(signer.address), holding)] as const;
  return chainCall("isClaimed", parent.readContract({ ...vault, functionName: "isClaimed", args }));
}

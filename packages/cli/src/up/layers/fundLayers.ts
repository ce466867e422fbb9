import type { LayerProfile } from "@cortensor/chain";
import type { Address } from "@cortensor/protocol";
import type { OpChain } from "@cortensor/rollup";
import type { Clock } from "@cortensor/runtime";
import { encodeFunctionData, erc20Abi, parseAbi } from "viem";
import { LOOK_MS } from "../localAccess.js";
import type { LayerSender } from "./layerSender.js";

/** COR that it has there: sessions are there, stake is on the L1. */
const FAUCET_COR_WEI = 10n ** 24n;
const VAULT = parseAbi(["function lock(address to, uint256 amountWei) payable returns (bytes32)"]);

type Way = {
  readonly parent: LayerSender;
  readonly child: LayerSender;
  readonly clock: Clock;
  readonly signal: AbortSignal;
};

/** Coins come into a rollup by its portal alone. Resolves when the faucet has some there. */
export async function depositCoins(
  { parent, child, clock, signal }: Way,
  { chain, wei }: { readonly chain: OpChain; readonly wei: bigint },
): Promise<void> {
  const balance = () => child.client.getBalance({ address: child.account });
  if ((await balance()) >= wei / 2n) return;
  await parent.send({ call: "depositTransaction", to: chain.contracts.optimismPortal, value: wei });
  while ((await balance()) < wei / 2n) await clock.sleep(LOOK_MS, signal);
}

/** COR comes down by the vault above, which holds as much as there is below. Resolves when the faucet has it. */
export async function lowerCor(way: Way, { deployed }: LayerProfile): Promise<void> {
  const { parent, child, clock, signal } = way;
  const [above, below] = [deployed?.l1?.addresses, deployed?.l2?.addresses];
  if (above?.cor === undefined || above.corVault === undefined || below?.cor === undefined)
    throw new RangeError("a deployed link has a vault and COR on both sides");
  const address: Address = below.cor;
  const balance = () =>
    child.client.readContract({ address, abi: erc20Abi, functionName: "balanceOf", args: [child.account] });
  if ((await balance()) >= FAUCET_COR_WEI / 2n) return;
  const approve = encodeFunctionData({
    abi: erc20Abi,
    functionName: "approve",
    args: [above.corVault, FAUCET_COR_WEI],
  });
  await parent.send({ call: "approve", to: above.cor, data: approve });
  const lock = encodeFunctionData({ abi: VAULT, functionName: "lock", args: [child.account, FAUCET_COR_WEI] });
  await parent.send({ call: "lock", to: above.corVault, data: lock });
  while ((await balance()) < FAUCET_COR_WEI / 2n) await clock.sleep(LOOK_MS, signal);
}

import { sharesOf } from "@cortensor/protocol";
import { SPLITS, TYPICAL_FEE_WEI } from "../network/world.js";

/** What a client loses of each fee that it pays to its own miner: the parts of router, validators and treasury. A share, whatever it stakes. */
export function washTradeLoss(): number {
  const { netWei } = sharesOf([{ wei: TYPICAL_FEE_WEI }], SPLITS);
  const backWei = netWei.reduce((sum, wei) => sum + wei, 0n);
  return Number(((TYPICAL_FEE_WEI - backWei) * 1_000_000n) / TYPICAL_FEE_WEI) / 1_000_000;
}

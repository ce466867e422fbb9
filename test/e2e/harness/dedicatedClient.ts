import type { Address } from "@cortensor/protocol";
import { type Cortensor, createCortensor, type NewSession } from "@cortensor/sdk";
import { fundedWallet } from "./fundedWallet.js";
import type { Network } from "./startNetwork.js";

const COR = 10n ** 18n;

/** A client with a session of its own whose only nodes are some miners. It pays by its own signature: see `payLane`. */
export async function dedicatedClient(
  network: Network,
  miners: readonly Address[],
  params: NewSession["params"] = {},
): Promise<Cortensor> {
  const client = createCortensor({ baseUrl: network.url, wallet: await fundedWallet(network, 20n * COR) });
  const session = { name: "dedicated", depositWei: 10n * COR, params: { ...params, mode: "dedicated" as const } };
  await client.openSession({ ...session, dedicatedNodes: miners });
  return client;
}

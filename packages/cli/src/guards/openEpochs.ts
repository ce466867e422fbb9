import type { EpochDesk } from "@cortensor/api";
import { createChainReader } from "@cortensor/chain";
import { createEpochDesk } from "@cortensor/node";
import { systemClock } from "@cortensor/runtime";
import type { CommandContext } from "../commandContext.js";
import { findNetwork } from "../networkAccess.js";

/** Epochs of a network, from its chain and its guards: no router is asked. */
export async function openEpochs(
  context: CommandContext,
  options: { readonly network?: string | undefined },
): Promise<EpochDesk> {
  const { profile } = await findNetwork(context, options.network);
  const { signal } = context.shutdown;
  return createEpochDesk({ chain: createChainReader({ profile }), clock: systemClock, signal });
}

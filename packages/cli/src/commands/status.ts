import type { NetworkView } from "@cortensor/sdk";
import type { Command } from "commander";
import type { GlobalOptions } from "../commandContext.js";
import type { Act } from "../main.js";
import { formatCor } from "../money.js";
import { findRouterUrl, openClient } from "../networkAccess.js";

/** `cortensor status`: the network as its router sees it. */
export function addStatus(program: Command, act: Act): void {
  program
    .command("status")
    .description("Show the network: its router, its miners, what was served and paid.")
    .option("--router <url>", "the router (default: the one in --home)")
    .addHelpText("after", "\nExample:\n  $ cortensor status --json")
    .action((options: { router?: string }, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), async (context) => {
        const url = await findRouterUrl(context, options.router);
        const client = await openClient(context, options);
        const bounds = { signal: context.shutdown.signal };
        const [network, models] = await Promise.all([client.network(bounds), client.models(bounds)]);
        const offers = models.map(
          ({ id, contextTokens, weiPerTokenIn, weiPerTokenOut }) =>
            `Model   ${id}: ${contextTokens} tokens of context; ${formatCor(weiPerTokenIn)} a token in, ${formatCor(weiPerTokenOut)} out`,
        );
        context.output.result([`Router  ${url}`, ...formatNetwork(network), ...offers], { url, network, models });
      }),
    );
}

function formatNetwork({ router, miners, totals }: NetworkView): readonly string[] {
  return [
    `        ${router.address} of operator ${router.operator}, version ${router.version}, up ${Math.floor(router.uptimeSeconds)} s`,
    ...miners.map(
      ({ address, models, running, queued, tokensPerSecond }) =>
        `Miner   ${address}: ${models.join(", ")}; ${running} running, ${queued} queued, ${tokensPerSecond.toFixed(0)} tokens/s`,
    ),
    `Tasks   ${totals.tasks}, ${totals.tokensOut} tokens out, ${formatCor(totals.feesWei)} in fees`,
    `Paid    ${totals.settledReceipts} of ${totals.receipts} receipts settled on chain`,
  ];
}

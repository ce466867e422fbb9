import {
  type CallOptions,
  type Cortensor,
  type LaneStatus,
  type NetworkView,
  type RateView,
  SdkError,
} from "@cortensor/sdk";
import type { Command } from "commander";
import type { GlobalOptions } from "../commandContext.js";
import { formatAmount } from "../llmAmount.js";
import type { Act } from "../main.js";
import { formatCor } from "../money.js";
import { findRouterUrl, openClient } from "../networkAccess.js";
import { verifierAdvice } from "../verifierAdvice.js";

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
        const [network, models, lane] = await Promise.all([
          client.network(bounds),
          client.models(bounds),
          ownLane(client, bounds),
        ]);
        const offers = models.map(
          ({ id, contextTokens, weiPerTokenIn, weiPerTokenOut }) =>
            `Model   ${id}: ${contextTokens} tokens of context; ${formatCor(weiPerTokenIn)} a token in, ${formatCor(weiPerTokenOut)} out`,
        );
        const lines = [`Router  ${url}`, ...formatNetwork(network), ...offers, ...formatLane(lane, network.rate)];
        context.output.result(lines, { url, network, models, ...(lane === undefined ? {} : { lane }) });
      }),
    );
}

/** What the key at hand may spend; a network is shown to those without one, too. */
async function ownLane(client: Cortensor, bounds: CallOptions): Promise<LaneStatus | undefined> {
  try {
    return await client.lane(bounds);
  } catch (error) {
    const isKeyless = error instanceof SdkError && (error.data.code === "SDK_NEEDS" || isRefusedKey(error));
    if (isKeyless) return undefined;
    throw error;
  }
}

function isRefusedKey({ data }: SdkError): boolean {
  return data.code === "SDK_REFUSED" && data.status === 401;
}

function formatLane(lane: LaneStatus | undefined, rate: RateView | undefined): readonly string[] {
  if (lane === undefined) return [];
  const { account, allotmentWei, spentWei, heldWei } = lane;
  const leftWei = allotmentWei - spentWei - heldWei;
  return [`Session ${account}: ${formatAmount(leftWei, rate)} left of ${formatAmount(allotmentWei, rate)}`];
}

function formatRate(rate: RateView | undefined): string {
  if (rate === undefined) return "Rate    none was posted";
  const age = `${rate.ageSeconds} s old${rate.isFresh ? "" : ", too old to quote by"}`;
  return `Rate    ${formatCor(rate.weiPerLlmToken)} an LLM token (${rate.source}), ${age}`;
}

function formatVerification({
  verifiedUntil,
  unverified,
}: Pick<NetworkView["miners"][number], "verifiedUntil" | "unverified">): string {
  if (verifiedUntil !== undefined) return `verified until ${new Date(verifiedUntil * 1_000).toISOString()}`;
  return unverified === undefined ? "not verified" : `not verified: ${unverified}`;
}

function formatNetwork({ router, miners, totals, rate }: NetworkView): readonly string[] {
  const advice = verifierAdvice({ router, miners });
  return [
    `        ${router.address} of operator ${router.operator}, version ${router.version}, up ${Math.floor(router.uptimeSeconds)} s`,
    ...(advice === undefined ? [] : [`        ${advice}`]),
    ...miners.map(
      ({ address, models, running, queued, tokensPerSecond, ...verification }) =>
        `Miner   ${address}: ${models.join(", ")}; ${running} running, ${queued} queued, ${tokensPerSecond.toFixed(0)} tokens/s; ${formatVerification(verification)}`,
    ),
    `Tasks   ${totals.tasks}, ${totals.tokensOut} tokens out, ${formatAmount(totals.feesWei, rate)} in fees`,
    `Paid    ${totals.settledReceipts} of ${totals.receipts} receipts settled on chain`,
    formatRate(rate),
  ];
}

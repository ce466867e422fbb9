import type { EpochsView, GuardView } from "@cortensor/api";
import type { CommandContext } from "../commandContext.js";
import { countOf } from "../countOf.js";
import { formatCor } from "../money.js";
import { formatEpoch } from "./formatEpoch.js";
import { openEpochs } from "./openEpochs.js";

/** Who guards the running epoch, whether they answer, and what was posted of the last epochs. */
export async function showGuards(context: CommandContext, options: { readonly network?: string }): Promise<void> {
  const view = await (await openEpochs(context, options)).overview();
  context.output.result([...formatRunning(view), ...view.epochs.map(formatEpoch)], view);
}

function formatRunning({ epoch, guards, leaders, stakeWei, ...times }: EpochsView): readonly string[] {
  const { atSeconds, cutOffAt, endsAt } = times;
  const left = cutOffAt > atSeconds ? `its cut-off in ${cutOffAt - atSeconds} s` : "after its cut-off";
  return [
    `Epoch   ${epoch}, ends in ${endsAt - atSeconds} s, ${left}`,
    `Set     ${countOf(guards.length, "guard")}, ${formatCor(stakeWei)} at stake; more than two thirds are a quorum`,
    ...guards.map(formatGuard),
    ...(leaders.length === 0 ? [] : [`Leads   ${leaders.join(", ")}: a slot each, from the epoch's end on`]),
  ];
}

function formatGuard({ guard, stakeWei, endpoint, isFrozen, isUp }: GuardView): string {
  const state = isFrozen ? "frozen: it signed two roots" : isUp ? "up" : "doesn't answer";
  return `Guard   ${guard}: ${formatCor(stakeWei)}, ${endpoint ?? "no endpoint"}, ${state}`;
}

import { createChainReader } from "@cortensor/chain";
import { type Bytes32, openedTasks, openingThreshold } from "@cortensor/protocol";
import type { Command } from "commander";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import { readOpenings, type ShownLog } from "../data/readOpenings.js";
import type { Act } from "../main.js";
import { findNetwork } from "../networkAccess.js";
import { parseHash } from "../parseArgument.js";

type OpeningsOptions = { readonly network?: string; readonly task?: Bytes32 };

/** `cortensor data openings`: which sealed tasks guards opened, for whom and when, by their own logs. */
export function addDataOpenings(data: Command, act: Act): void {
  data
    .command("openings")
    .description("Say which sealed tasks were opened, for which validator or judge and when, by the guards' logs.")
    .option("--task <id>", "of this task alone", parseHash)
    .option("--network <file>", "the network's profile (default: the one in --home)")
    .addHelpText("after", "\nExample:\n  $ cortensor data openings --task 0x…")
    .action((options: OpeningsOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => showOpenings(context, options)),
    );
}

async function showOpenings(context: CommandContext, { network, task }: OpeningsOptions): Promise<void> {
  const { profile } = await findNetwork(context, network);
  const logs = await readOpenings(createChainReader({ profile }));
  const threshold = openingThreshold(logs.length);
  const kept = new Map(logs.map(({ guard, releases }) => [guard, releases]));
  const opened = openedTasks(kept, () => threshold).filter(({ taskId }) => task === undefined || taskId === task);
  const released = releasesOf(logs, task);
  const lines = [
    ...opened.map(
      ({ taskId, validator, dispute, at, guards }) =>
        `${taskId} opened by ${validator}${dispute === 0 ? "" : `, who sits in dispute ${dispute},`} at ${at}, by ${guards} guards`,
    ),
    ...(opened.length === 0 ? ["No such task was opened by these logs."] : []),
    ...logs.flatMap(({ guard, fault }) => (fault === undefined ? [] : [`${guard}: ${faultWords(fault)}`])),
    `So many guards together open a task and need leave no entry: ${threshold} of ${logs.length}.`,
  ];
  const guards = logs.map(({ guard, releases, fault }) => ({ guard, entries: releases.length, fault: fault ?? null }));
  context.output.result(lines, { opened, released, guards, threshold });
}

function releasesOf(logs: readonly ShownLog[], task: Bytes32 | undefined) {
  return logs.flatMap(({ guard, releases }) =>
    releases.flatMap(({ release }) => {
      const { taskId, validator, epoch, dispute, at, number } = release;
      return task === undefined || taskId === task ? [{ guard, taskId, validator, epoch, dispute, at, number }] : [];
    }),
  );
}

function faultWords(fault: NonNullable<ShownLog["fault"]>): string {
  if (fault === "away") return "shows no log";
  const words = { wrongSigner: "isn't signed by it", gap: "doesn't follow the one before", backwards: "is older" };
  return `its entry ${fault.number} ${words[fault.kind]}`;
}

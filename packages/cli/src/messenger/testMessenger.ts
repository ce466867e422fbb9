import { openTrialChain, type TrialChain } from "@cortensor/chain";
import { playFaults, TRIAL_CHECKS, TrialRun } from "@cortensor/node";
import { anvilKey, startAnvil } from "../../../../tools/anvil/startAnvil.mjs";
import { CliError } from "../cliError.js";
import type { CommandContext } from "../commandContext.js";
import { diceOf } from "./diceOf.js";
import { loadAdapter } from "./loadAdapter.js";

const CHAIN_IDS = [31_337, 900] as const;

/** Runs every check, then the seeds, each from the same two chains. Throws CLI_MESSENGER_FAILED with a sentence for each fault. */
export async function testMessenger(
  context: CommandContext,
  { target, runs }: { readonly target: string; readonly runs: number },
): Promise<void> {
  const { output, shutdown } = context;
  const adapter = await loadAdapter(target);
  const [near, far] = [await openChain(context, CHAIN_IDS[0]), await openChain(context, CHAIN_IDS[1])];
  const trial = await TrialRun.open(adapter, [near, far]);
  output.progress("messenger.open", `Both ends of ${adapter.name} are deployed`, { adapter: adapter.name });
  const seeds = Array.from({ length: runs }, (_, seed) => ({
    says: `seed ${seed}: every message has its effect once, and no coin is made or lost`,
    run: async (on: TrialRun) => void (await playFaults(on, diceOf(seed))),
  }));
  const faults: string[] = [];
  for (const { says, run } of [...TRIAL_CHECKS, ...seeds]) {
    if (shutdown.signal.aborted) break;
    const mark = await trial.mark();
    const fault = await run(trial).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    await trial.takeBack(mark);
    if (fault === undefined) output.progress("messenger.holds", `Holds: ${says}`, { says });
    else faults.push(`${says}: ${fault}`);
  }
  if (faults.length > 0) throw new CliError({ code: "CLI_MESSENGER_FAILED", faults });
  const checks = TRIAL_CHECKS.length;
  output.result([`${adapter.name} holds in ${checks} checks and ${runs} seeds.`], {
    adapter: adapter.name,
    checks,
    runs,
  });
}

async function openChain({ shutdown }: CommandContext, chainId: number): Promise<TrialChain> {
  const anvil = await startAnvil({ chainId, signal: shutdown.signal });
  shutdown.add(`chain ${chainId}`, () => anvil.stop());
  return openTrialChain({ rpcUrl: anvil.url, chainId, privateKey: anvilKey(0) });
}

import { type AuditEntry, createChainReader, readAuditLog, readMember } from "@cortensor/chain";
import type { Command } from "commander";
import { planPlace, readPlan } from "../chains/planPlace.js";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import type { Act } from "../main.js";
import { formatCor } from "../money.js";
import { findNetwork } from "../networkAccess.js";
import { wholeNumber } from "../parseArgument.js";
import { policyLines } from "./chainCreate.js";

type ShowOptions = { readonly network?: string };
type AuditOptions = { readonly network: string; readonly fromBlock?: number };

/** `cortensor chain show` and `cortensor chain audit-log`: what a private network is, and what was done to it. */
export function addChainShow(chain: Command, act: Act): void {
  chain
    .command("show <name>")
    .description("Show a private network's plan and, with its profile, how its gate has its members now.")
    .option("--network <file>", "its profile, by an RPC URL that answers: see `chain enter`")
    .action((name: string, options: ShowOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => show(context, name, options)),
    );
  chain
    .command("audit-log")
    .description(
      "Export who did what to whom in a private network, as its chain has it. Metadata alone: there is no content in it.",
    )
    .requiredOption("--network <file>", "its profile, by an RPC URL that answers; an auditor's may read this")
    .option("--from-block <number>", "leave out what was before", wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .action((options: AuditOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => auditLog(context, options)),
    );
}

async function show(context: CommandContext, name: string, { network }: ShowOptions): Promise<void> {
  const place = planPlace(context.paths.home, name);
  const plan = await readPlan(place);
  const head = `Private network ${name}, chain ${plan.chainId} below ${plan.parent.name}`;
  if (network === undefined) {
    context.output.result([head, ...policyLines(plan)], { name, chainId: plan.chainId, plan: place.plan });
    return;
  }
  const chain = createChainReader({ profile: (await findNetwork(context, network)).profile });
  const members = [];
  for (const { account, role } of plan.members)
    members.push({ account, planned: role, ...(await readMember(chain, account)) });
  const lines = members.map(
    ({ account, planned, role, team, budgetLeftWei }) =>
      `  ${account} ${role}${role === planned ? "" : ` (planned ${planned})`}${team === 0 ? "" : `, team ${plan.teams[team - 1]?.name ?? team}, ${formatCor(budgetLeftWei)} left`}`,
  );
  context.output.result([head, ...policyLines(plan), ...lines], { name, chainId: plan.chainId, members });
}

async function auditLog(context: CommandContext, { network, fromBlock }: AuditOptions): Promise<void> {
  const { profile } = await findNetwork(context, network);
  const from = fromBlock === undefined ? undefined : BigInt(fromBlock);
  const entries = await readAuditLog(createChainReader({ profile }), from);
  context.output.result(entries.map(lineOf), { network: profile.name, entries });
}

function lineOf({ blockNumber, event, facts }: AuditEntry): string {
  return `${blockNumber} ${event} ${JSON.stringify(facts)}`;
}

import { serviceLevelOf, ZERO_BYTES32 } from "@cortensor/protocol";
import type { OwnedSession } from "@cortensor/sdk";
import type { Command } from "commander";
import { CliError } from "../cliError.js";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import type { Act } from "../main.js";
import { formatCor } from "../money.js";
import { parseAccount } from "../parseArgument.js";
import { openWallet, type WalletOptions } from "../sessionWallet.js";

/** `cortensor session show`: everything that a session asks for, is promised, and was given back. */
export function addShow(command: (name: string, description: string) => Command, act: Act): void {
  command("show", "Show a session: its parameters, nodes, promise, and what it was given back.")
    .argument("<account>", "the session's index", parseAccount)
    .action((account: number, options: WalletOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => show(context, account, options)),
    );
}

async function show(context: CommandContext, account: number, options: WalletOptions): Promise<void> {
  const client = await openWallet(context, options, 0n);
  const sessions = await client.listSessions({ signal: context.shutdown.signal });
  const session = sessions.find((one) => one.account === account);
  if (session === undefined) {
    const expected = `one of the sessions that '${options.as}' opened`;
    throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: "account", expected });
  }
  context.output.result(formatParams(session), session);
}

function formatParams(session: OwnedSession): readonly string[] {
  const { mode, dedicatedNodes, minNumOfNodes, maxNumOfNodes, sla, engine, modelIdentifier, credits } = session;
  const { redundant, numOfValidatorNodes, privacy, auditMode, maxTaskExecutionCount, routers } = session;
  const model = modelIdentifier === ZERO_BYTES32 ? "any" : modelIdentifier;
  return [
    `${session.account}  ${session.name}${session.metadata === "" ? "" : `  ${session.metadata}`}`,
    `Nodes      ${mode}, ${minNumOfNodes} to ${maxNumOfNodes}, engines ${engine}`,
    `Dedicated  ${dedicatedNodes.length === 0 ? "none" : dedicatedNodes.join(", ")}`,
    `Level      ${formatPromise(sla)}`,
    `Tasks      model ${model}, copies ${redundant}, validators ${numOfValidatorNodes}, at most ${maxTaskExecutionCount === 0 ? "any number" : maxTaskExecutionCount}`,
    `Privacy    ${privacy}, audit ${auditMode}`,
    `Routers    ${routers.length === 0 ? "none named" : routers.join(", ")}; allotted to this one: ${formatCor(session.allotmentWei)}`,
    ...credits.map(({ epoch, reason, wei, lane }) => {
      return `Given back ${formatCor(wei)} for epoch ${epoch} (${reason}) by ${lane}`;
    }),
  ];
}

/** What a level promises, in one line. */
function formatPromise(sla: number): string {
  const level = serviceLevelOf(sla);
  if (level === undefined) return "0: nothing is promised";
  const { nodeLevelMin, firstTokenMs, availabilityBps, creditBps } = level;
  return `${sla}: nodes of level ${nodeLevelMin} or more; first token within ${firstTokenMs} ms for 95 %; ${availabilityBps / 100} % answered; else ${creditBps / 100} % of the fees back`;
}

import { SESSION_MODES, type SessionParams } from "@cortensor/chain";
import {
  type Address,
  type Bytes32,
  LEVEL_MAX,
  PRIVACIES,
  parseAddress,
  REDUNDANCY_MAX,
  VALIDATORS_MAX,
} from "@cortensor/protocol";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import type { Act } from "../main.js";
import { parseAccount, parseAddressArgument, parseHash, wholeNumber } from "../parseArgument.js";
import { openWallet, type WalletOptions } from "../sessionWallet.js";

/** The contract's bounds. */
const NODES_MAX = 1_024;
const UINT32_MAX = 4_294_967_295;
const DEDICATED_MAX = 64;

/** What `open` and `update` may say of a session. */
export type ParamOptions = {
  readonly name?: string;
  readonly metadata?: string;
  readonly minNodes?: number;
  readonly maxNodes?: number;
  readonly redundant?: number;
  readonly validators?: number;
  readonly mode?: NonNullable<SessionParams["mode"]>;
  readonly sla?: number;
  readonly modelId?: Bytes32;
  readonly reserveNodes?: true;
  readonly reservePeriod?: number;
  readonly maxTasks?: number;
  readonly privacy?: NonNullable<SessionParams["privacy"]>;
  readonly engine?: NonNullable<SessionParams["engine"]>;
  readonly auditMode?: NonNullable<SessionParams["auditMode"]>;
};

/** Adds an option for each of a session's parameters but its name. What isn't given keeps its value, or takes the default. */
export function addParamOptions(command: Command): Command {
  return command
    .option("--metadata <text>", "free text or a CID")
    .option("--min-nodes <count>", "fewer able miners, and no task begins", wholeNumber(1, NODES_MAX))
    .option("--max-nodes <count>", "most miners that have its tasks at one time", wholeNumber(1, NODES_MAX))
    .option("--redundant <count>", "copies of each task", wholeNumber(1, REDUNDANCY_MAX))
    .option("--validators <count>", "validators of each task", wholeNumber(0, VALIDATORS_MAX))
    .addOption(new Option("--mode <mode>", "which miners serve it: see docs/SESSIONS.md").choices(SESSION_MODES))
    .option("--sla <level>", "service level: see docs/SESSIONS.md", wholeNumber(0, LEVEL_MAX))
    .option("--model-id <hash>", "the one model that it is for", parseHash)
    .option("--reserve-nodes", "take nodes out of the pool")
    .option("--reserve-period <seconds>", "for how long", wholeNumber(0, UINT32_MAX))
    .option("--max-tasks <count>", "tasks that it may run in all; 0 is any number", wholeNumber(0, UINT32_MAX))
    .addOption(new Option("--privacy <kind>", "how far a prompt may be read").choices(PRIVACIES))
    .addOption(new Option("--engine <kind>", "which engines may serve it").choices(["proved", "any"]))
    .addOption(
      new Option(
        "--audit-mode <kind>",
        "how it is audited: see docs/SEALING.md (default when opened: canary if sealed, else none)",
      ).choices(["none", "canary", "auditable"]),
    );
}

export function toParams(options: ParamOptions): Partial<SessionParams> {
  const given = {
    name: options.name,
    metadata: options.metadata,
    minNumOfNodes: options.minNodes,
    maxNumOfNodes: options.maxNodes,
    redundant: options.redundant,
    numOfValidatorNodes: options.validators,
    mode: options.mode,
    sla: options.sla,
    modelIdentifier: options.modelId,
    reserveEphemeralNodes: options.reserveNodes,
    reservePeriod: options.reservePeriod,
    maxTaskExecutionCount: options.maxTasks,
    privacy: options.privacy,
    engine: options.engine,
    auditMode: options.auditMode,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** A list of addresses, comma-separated. */
export function parseNodes(text: string): readonly Address[] {
  const nodes = text.split(",").map((one) => one.trim());
  const isGood = nodes.length <= DEDICATED_MAX && nodes.every((one) => /^0x[0-9a-fA-F]{40}$/.test(one));
  if (isGood) return nodes.map(parseAddress);
  throw new InvalidArgumentError(`Expected up to ${DEDICATED_MAX} addresses, comma-separated.`);
}

/** `cortensor session update`, `dedicate` and `undedicate`. */
export function addChanges(command: (name: string, description: string) => Command, act: Act): void {
  addParamOptions(command("update", "Change a session's parameters: what isn't named stays."))
    .argument("<account>", "the session's index", parseAccount)
    .option("--name <name>", "a name of your own")
    .addHelpText("after", "\nExample:\n  $ cortensor session update 3 --mode hybrid --sla 2")
    .action((account: number, options: WalletOptions & ParamOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => update(context, account, options)),
    );
  for (const [name, says, done] of [
    ["dedicate", "Dedicate a node to a session: see its mode.", "is dedicated to"],
    ["undedicate", "Take that back.", "is no more dedicated to"],
  ] as const) {
    command(name, says)
      .argument("<account>", "the session's index", parseAccount)
      .argument("<node>", "the address that the node signs with", parseAddressArgument)
      .action((account: number, node: Address, options: WalletOptions, self: Command) =>
        act(self.optsWithGlobals<GlobalOptions>(), async (context) => {
          const client = await openWallet(context, options, 0n);
          const { txHash } = await client[name]({ account, node });
          context.output.result([`Node ${node} ${done} session ${account}.`], { account, node, txHash });
        }),
      );
  }
}

async function update(context: CommandContext, account: number, options: WalletOptions & ParamOptions): Promise<void> {
  const client = await openWallet(context, options, 0n);
  const params = toParams(options);
  const { txHash } = await client.updateSession({ account, params });
  const line = `Session ${account} is changed. The router hears of it within seconds; running tasks keep what they began with.`;
  context.output.result([line], { account, params, txHash });
}

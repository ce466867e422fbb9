import { assessNode, createChainReader, createChainWriter, readIsAssessor, readNodeLevel } from "@cortensor/chain";
import { type Address, LEVEL_MAX } from "@cortensor/protocol";
import type { Command } from "commander";
import { CliError } from "../cliError.js";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import { describeLife, describeStatus, listLives, readNodeStatus } from "../describeNode.js";
import type { Act } from "../main.js";
import { findNetwork } from "../networkAccess.js";
import { parseAddressArgument, wholeNumber } from "../parseArgument.js";
import { addNodeReport } from "./nodeReport.js";
import { addNodeReserve } from "./nodeReserve.js";
import { addNodeWeight } from "./nodeWeight.js";

type NodeOptions = { readonly network?: string };

/** `cortensor node`: what the network knows of nodes, and what assessors say of one. */
export function addNode(program: Command, act: Act): void {
  const node = program.command("node").description("What the network knows of a node.");
  node
    .command("list")
    .description("Show every miner's state, level and last ping.")
    .option("--network <file|url>", "the network (default: the one in --home)")
    .action((options: NodeOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => list(context, options)),
    );
  node
    .command("status")
    .description("Show where a node is in its life, its reservation, and its levels so far.")
    .argument("<node>", "the address that the node signs with", parseAddressArgument)
    .option("--network <file|url>", "the network (default: the one in --home)")
    .action((address: Address, options: NodeOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => status(context, address, options)),
    );
  addNodeReport(node, act);
  addNodeWeight(node, act);
  addNodeReserve(node, act);
  const level = node.command("level");
  level.description("A node's level, 0 to 10: what sessions with a service level ask for.");
  const command = (name: string, description: string) =>
    level
      .command(name)
      .description(description)
      .argument("<node>", "the address that the node signs with", parseAddressArgument)
      .option("--network <file|url>", "the network (default: the one in --home)");
  command("show", "Show the level of a node.").action((node: Address, options: NodeOptions, self: Command) =>
    act(self.optsWithGlobals<GlobalOptions>(), (context) => show(context, node, options)),
  );
  command("set", "Say what level a node has, as an assessor. It counts for 30 days.")
    .argument("<level>", "0 to 10", wholeNumber(0, LEVEL_MAX))
    .option("--as <name>", "the assessor's key in the keystore", "operator")
    .addHelpText("after", "\nExample:\n  $ cortensor node level set 0x… 3")
    .action((node: Address, value: number, options: NodeOptions & { readonly as: string }, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => set(context, { ...options, node, level: value })),
    );
}

async function list(context: CommandContext, options: NodeOptions): Promise<void> {
  const { profile } = await findNetwork(context, options.network);
  const nodes = await listLives(createChainReader({ profile }));
  context.output.result(nodes.length === 0 ? ["No miner is registered."] : nodes.map(describeLife), { nodes });
}

async function status(context: CommandContext, node: Address, options: NodeOptions): Promise<void> {
  const { profile } = await findNetwork(context, options.network);
  const found = await readNodeStatus(createChainReader({ profile }), node);
  context.output.result(describeStatus(found), found);
}

async function show(context: CommandContext, node: Address, options: NodeOptions): Promise<void> {
  const { profile } = await findNetwork(context, options.network);
  const level = await readNodeLevel(createChainReader({ profile }), node);
  context.output.result([`Node ${node} has level ${level}.`], { node, level });
}

async function set(
  context: CommandContext,
  request: NodeOptions & { readonly as: string; readonly node: Address; readonly level: number },
): Promise<void> {
  const { node, level } = request;
  const { profile } = await findNetwork(context, request.network);
  const key = await context.keystore({ mayGenerate: false }).open(request.as);
  const chain = createChainWriter({ profile, privateKey: key.key.expose() });
  if (!(await readIsAssessor(chain, chain.account))) {
    const expected = `the key of an assessor; ${chain.account} is none on this network`;
    throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: "--as", expected });
  }
  const { txHash } = await assessNode(chain, { node, level });
  context.output.result([`Node ${node} has level ${level}. It counts for 30 days.`], { node, level, txHash });
}

import {
  type ChainWriter,
  createChainReader,
  createChainWriter,
  dedicateNode,
  readDrawnNodes,
  readHead,
  readNodeLives,
  readNodesRequest,
  releaseNode,
  requestNodes,
  undedicateNode,
} from "@cortensor/chain";
import { type Address, drawWindow, nodeLifeAt } from "@cortensor/protocol";
import type { Command } from "commander";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import { describeLife } from "../describeNode.js";
import { ensureFunds, isLocalNetwork } from "../faucet.js";
import type { Act } from "../main.js";
import { findNetwork } from "../networkAccess.js";
import { parseAccount, parseAddressArgument } from "../parseArgument.js";

type NetworkOption = { readonly network?: string };
type SpeakerOptions = NetworkOption & { readonly as: string; readonly account: number };
type OwnerOptions = NetworkOption & { readonly as: string };

const NETWORK = ["--network <file|url>", "the network (default: the one in --home)"] as const;

/** `cortensor node reserve` and what belongs to it: a session's nodes out of the pool, and an owner's word for whom a node is kept. */
export function addNodeReserve(node: Command, act: Act): void {
  const spoken = (name: string, description: string) =>
    node
      .command(name)
      .description(description)
      .requiredOption("--as <name>", "a key that speaks for the session: its owner's, or its operator's")
      .requiredOption("--account <account>", "the session's index", parseAccount)
      .option(...NETWORK);
  spoken(
    "reserve",
    "Ask the pool for nodes, by what the session's parameters say. They are drawn in the second epoch after.",
  )
    .addHelpText(
      "after",
      "\nThe session must have --reserve-nodes, a --reserve-period, and with --max-tasks so many tasks for each node.\n\nExample:\n  $ cortensor session update 3 --as client --reserve-nodes --reserve-period 3600 --max-nodes 2\n  $ cortensor node reserve --as client --account 3\n  $ cortensor node reservations 3",
    )
    .action((options: SpeakerOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => reserve(context, options)),
    );
  spoken("release", "End a node's reservation before its time.")
    .argument("<node>", "the address that the node signs with", parseAddressArgument)
    .action((address: Address, options: SpeakerOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), async (context) => {
        const chain = await openWriter(context, options);
        const { txHash } = await releaseNode(chain, { account: options.account, node: address });
        context.output.result([`Node ${address} is released.`], { node: address, account: options.account, txHash });
      }),
    );
  node
    .command("reservations")
    .description("Show what a session asked of the pool last, and the nodes that it was given.")
    .argument("<account>", "the session's index", parseAccount)
    .option(...NETWORK)
    .action((account: number, options: NetworkOption, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => show(context, account, options)),
    );
  const owned = (name: string, description: string, says: string, send: typeof dedicateNode) =>
    node
      .command(name)
      .description(description)
      .argument("<node>", "the address that the node signs with", parseAddressArgument)
      .option("--as <name>", "the owner's key in the keystore", "operator")
      .option(...NETWORK)
      .action((address: Address, options: OwnerOptions, self: Command) =>
        act(self.optsWithGlobals<GlobalOptions>(), async (context) => {
          const { txHash } = await send(await openWriter(context, options), address);
          context.output.result([`Node ${address} ${says}.`], { node: address, txHash });
        }),
      );
  const kept = "is kept for the sessions that name it";
  owned("dedicate", "Keep a node for the sessions that name it as dedicated, as its owner.", kept, dedicateNode);
  owned(
    "undedicate",
    "Let a dedicated node serve anybody again, as its owner.",
    "serves anybody again",
    undedicateNode,
  );
}

async function reserve(context: CommandContext, options: SpeakerOptions): Promise<void> {
  const { account } = options;
  const chain = await openWriter(context, options);
  const { txHash } = await requestNodes(chain, account);
  const asked = await readNodesRequest(chain, account);
  const window = asked === undefined ? undefined : windowOf(chain, asked.requestedEpoch);
  const when =
    window === undefined
      ? ""
      : ` They are drawn from ${timeOf(window.opensSeconds)} to ${timeOf(window.closesSeconds)}.`;
  context.output.result([`Session ${account} asks for nodes.${when}`], { account, txHash, ...window });
}

async function show(context: CommandContext, account: number, options: NetworkOption): Promise<void> {
  const { profile } = await findNetwork(context, options.network);
  const chain = createChainReader({ profile });
  const [asked, drawn, head] = await Promise.all([
    readNodesRequest(chain, account),
    readDrawnNodes(chain, account),
    readHead(chain),
  ]);
  if (asked === undefined) {
    context.output.result([`Session ${account} never asked for nodes.`], { account, nodes: [] });
    return;
  }
  const stored = await readNodeLives(chain, drawn);
  const nodes = drawn.flatMap((node, index) => {
    const life = stored[index];
    return life === undefined ? [] : [{ node, life: nodeLifeAt(life, head.timestamp) }];
  });
  const window = windowOf(chain, asked.requestedEpoch);
  const isVoid = !asked.isDrawn && head.timestamp >= window.closesSeconds;
  const state = asked.isDrawn ? "drawn" : isVoid ? "void: nobody made its draw in time" : "not drawn yet";
  const line = `Session ${account} asked in epoch ${asked.requestedEpoch} for nodes of level ${asked.levelMin} or more: ${state}.`;
  const until =
    asked.isDrawn || isVoid
      ? []
      : [`Its draw is from ${timeOf(window.opensSeconds)} to ${timeOf(window.closesSeconds)}.`];
  context.output.result([line, ...until, ...nodes.map(describeLife)], { ...asked, ...window, isVoid, nodes });
}

/** When what was asked for in an epoch is drawn. */
function windowOf({ profile }: Pick<ChainWriter, "profile">, requestedEpoch: number) {
  const { opensSeconds, closesSeconds } = drawWindow(requestedEpoch, {
    t0Seconds: profile.t0,
    epochSeconds: profile.epochSeconds,
  });
  return { opensSeconds, closesSeconds };
}

async function openWriter(context: CommandContext, { as, network }: OwnerOptions): Promise<ChainWriter> {
  const { profile } = await findNetwork(context, network);
  const { address, key } = await context.keystore({ mayGenerate: isLocalNetwork(profile) }).open(as);
  await ensureFunds(profile, { to: address, corWei: 0n, what: "gas" });
  return createChainWriter({ profile, privateKey: key.expose() });
}

function timeOf(seconds: number): string {
  return new Date(seconds * 1_000).toISOString();
}

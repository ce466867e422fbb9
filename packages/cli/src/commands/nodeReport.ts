import {
  type ChainWriter,
  createChainWriter,
  readHomeHearing,
  readNode,
  reportToServing,
  retellStake,
} from "@cortensor/chain";
import type { Address } from "@cortensor/protocol";
import { systemClock } from "@cortensor/runtime";
import type { Command } from "commander";
import { awaitServing } from "../awaitServing.js";
import { CliError } from "../cliError.js";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import { ensureFunds } from "../faucet.js";
import type { Act } from "../main.js";
import { findNetwork } from "../networkAccess.js";
import { parseAddressArgument } from "../parseArgument.js";

type ReportOptions = { readonly network?: string; readonly as: string; readonly wait?: true };

/** `cortensor node report`: has the layer on which a node works told of it, where nobody else does. */
export function addNodeReport(node: Command, act: Act): void {
  node
    .command("report")
    .description(
      "Tell the chain on which a node works what is registered and staked on the chain of its home. Anyone may; a relayer does it for all.",
    )
    .argument("<node>", "the address that the node signs with", parseAddressArgument)
    .option("--network <file|url>", "the network (default: the one in --home)")
    .option("--as <name>", "the key that pays", "miner-operator")
    .option("--wait", "wait until it is known there")
    .addHelpText(
      "after",
      "\nThe message still has to be handed in: a rollup's own messengers do that, and else any relayer.\n\nExample:\n  $ cortensor node report 0x… --wait\n  $ cortensor relay --profile networks/my.json --once",
    )
    .action((address: Address, options: ReportOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => report(context, address, options)),
    );
}

async function report(context: CommandContext, signer: Address, options: ReportOptions): Promise<void> {
  const { output, shutdown } = context;
  const { profile } = await findNetwork(context, options.network);
  const { key, address } = await context.keystore({ mayGenerate: false }).open(options.as);
  const chain = createChainWriter({ profile, privateKey: key.expose() });
  const node = await readNode(chain.home, signer);
  if (node === undefined) {
    const expected = `a node that is registered on chain ${chain.home.profile.chainId}`;
    throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: signer, expected });
  }
  const of = { signer, operator: node.owner };
  await ensureFunds(profile, { to: address, homeCorWei: 0n, what: "gas" });
  const sent = await tell(chain, of);
  if (options.wait === true) {
    const log = context.log("node");
    await awaitServing(chain, { ...of, clock: systemClock, log, signal: shutdown.signal });
  }
  output.result(linesOf(chain, signer, sent), { node: signer, operator: node.owner, ...sent });
}

type Told = { readonly reported?: string; readonly stakeRetold?: string };

/** The node always, since what is known of its verification may be old; its stake where none is known. */
async function tell(chain: ChainWriter, of: { readonly signer: Address; readonly operator: Address }): Promise<Told> {
  const { isStakeHeard } = await readHomeHearing(chain, of);
  const reported = await reportToServing(chain, [of.signer]);
  const stake = isStakeHeard ? undefined : await retellStake(chain, of.operator);
  return { ...(reported && { reported: reported.txHash }), ...(stake && { stakeRetold: stake.txHash }) };
}

function linesOf({ profile, home }: ChainWriter, signer: Address, { reported, stakeRetold }: Told): readonly string[] {
  const { chainId } = profile;
  if (reported === undefined)
    return [`Node ${signer} is registered on chain ${chainId}, where it works: nothing is to be told.`];
  const stake = stakeRetold === undefined ? "" : ", and of the stake behind it";
  return [`Chain ${home.profile.chainId} tells chain ${chainId} of node ${signer}${stake}.`];
}

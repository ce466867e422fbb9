import { createChainWriter, setNodeWeight } from "@cortensor/chain";
import { type Address, DRAW_WEIGHT_MAX } from "@cortensor/protocol";
import type { Command } from "commander";
import type { GlobalOptions } from "../commandContext.js";
import { countOf } from "../countOf.js";
import type { Act } from "../main.js";
import { findNetwork } from "../networkAccess.js";
import { parseAddressArgument, wholeNumber } from "../parseArgument.js";

type WeightOptions = { readonly network?: string; readonly as: string };

/** `cortensor node weight`: how many tickets a node has in draws. */
export function addNodeWeight(node: Command, act: Act): void {
  node
    .command("weight")
    .description(
      "Give a node tickets in draws, as its owner: one is free, each more takes stake. To judge it needs two.",
    )
    .argument("<node>", "the address that the node signs with", parseAddressArgument)
    .argument("<tickets>", `1 to ${DRAW_WEIGHT_MAX}`, wholeNumber(1, DRAW_WEIGHT_MAX))
    .option("--network <file|url>", "the network (default: the one in --home)")
    .option("--as <name>", "the owner's key in the keystore", "operator")
    .addHelpText("after", "\nExample:\n  $ cortensor node weight 0x… 2")
    .action((address: Address, weight: number, options: WeightOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), async (context) => {
        const { profile } = await findNetwork(context, options.network);
        const { key } = await context.keystore({ mayGenerate: false }).open(options.as);
        const chain = createChainWriter({ profile, privateKey: key.expose() });
        const { txHash } = await setNodeWeight(chain, { node: address, weight });
        const says = `Node ${address} has ${countOf(weight, "ticket")}.`;
        context.output.result([says], { node: address, weight, txHash });
      }),
    );
}

import { readCorBalance } from "@cortensor/chain";
import type { Address } from "@cortensor/protocol";
import type { Command } from "commander";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import { fillUp, openFaucet } from "../faucet.js";
import type { Act } from "../main.js";
import { formatCor, parseCor } from "../money.js";
import { findNetwork } from "../networkAccess.js";
import { parseAddressArgument } from "../parseArgument.js";
import { sayKeyMade } from "../sessionWallet.js";

/** `cortensor faucet`: play money of a local network. */
export function addFaucet(program: Command, act: Act): void {
  program
    .command("faucet")
    .description("Fill an account of a local network up with COR and gas.")
    .argument("[address]", "the account; default: the key of --as, made when it isn't there", parseAddressArgument)
    .option("--as <name>", "a key of the keystore instead of an address", "client")
    .option("--cor <amount>", "COR to have", "1000")
    .option("--network <file|url>", "the network (default: the one in --home)")
    .addHelpText("after", "\nExamples:\n  $ cortensor faucet --as client\n  $ cortensor faucet 0x5a…c1 --cor 250")
    .action((address: Address | undefined, options: { as: string; cor: string; network?: string }, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), async (context) => {
        const { profile } = await findNetwork(context, options.network);
        const faucet = openFaucet(profile);
        const to = address ?? (await openKey(context, options.as));
        const { sentCorWei } = await fillUp(faucet, { to, corWei: parseCor(options.cor) });
        const balanceWei = await readCorBalance(faucet, to);
        const lines = [`${to} got ${formatCor(sentCorWei)} and now has ${formatCor(balanceWei)}.`];
        context.output.result(lines, { address: to, sentCorWei, balanceWei });
      }),
    );
}

async function openKey(context: CommandContext, name: string): Promise<Address> {
  const key = await context.keystore({ mayGenerate: true }).openOrCreate(name);
  if (key.isNew) sayKeyMade(context, key);
  return key.address;
}

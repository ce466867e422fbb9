import {
  type ChainWriter,
  createChainWriter,
  listOwed,
  readCorBalance,
  readEarnings,
  withdrawCredit,
  withdrawMatured,
} from "@cortensor/chain";
import type { Address } from "@cortensor/protocol";
import type { Command } from "commander";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import { ensureFunds } from "../faucet.js";
import type { Act } from "../main.js";
import { formatCor } from "../money.js";
import { findNetwork } from "../networkAccess.js";
import { parseAddressArgument } from "../parseArgument.js";

type WithdrawOptions = { readonly as: string; readonly to?: Address; readonly network?: string };

/** `cortensor withdraw`: what settlements have credited to a node, and what an operator's part has matured to, as COR. */
export function addWithdraw(program: Command, act: Act): void {
  program
    .command("withdraw")
    .description(
      "Withdraw what settlements have credited to a key of the keystore: a miner's pay, an operator's share.",
    )
    .option("--as <name>", "the key that was credited", "miner")
    .option("--to <address>", "who gets the COR (default: the key's own address)", parseAddressArgument)
    .option("--network <file|url>", "the network (default: the one in --home)")
    .addHelpText("after", "\nExamples:\n  $ cortensor withdraw --network http://10.0.0.5:8080 --to 0x5a…c1")
    .action((options: WithdrawOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => withdraw(context, options)),
    );
}

async function withdraw(context: CommandContext, options: WithdrawOptions): Promise<void> {
  const { profile } = await findNetwork(context, options.network);
  const { address, key } = await context.keystore({ mayGenerate: false }).open(options.as);
  const chain = createChainWriter({ profile, privateKey: key.expose() });
  const to = options.to ?? address;
  const owed = await listOwed(chain, address);
  const { maturedWei, maturingWei } = await readEarnings(chain, address);
  const waits = maturingWei === 0n ? [] : [`${formatCor(maturingWei)} more matures within 48 hours.`];
  if (owed.length === 0 && maturedWei === 0n) {
    context.output.result([`${address} has nothing to withdraw.`, ...waits], {
      address,
      withdrawnWei: 0n,
      maturingWei,
    });
    return;
  }
  await ensureFunds(profile, { to: address, corWei: 0n, what: "gas" });
  const sent = await collect(chain, { lanes: owed.map(({ lane }) => lane), hasMatured: maturedWei > 0n, to });
  const withdrawnWei = sent.reduce((sum, { wei }) => sum + wei, 0n);
  const balanceWei = await readCorBalance(chain, to);
  const lines = [`${formatCor(withdrawnWei)} went to ${to}, which now has ${formatCor(balanceWei)}.`, ...waits];
  const txHashes = sent.map(({ txHash }) => txHash);
  context.output.result(lines, { address, to, withdrawnWei, balanceWei, maturingWei, txHashes });
}

async function collect(
  chain: ChainWriter,
  { lanes, hasMatured, to }: { readonly lanes: readonly Address[]; readonly hasMatured: boolean; readonly to: Address },
) {
  const credit = lanes.length === 0 ? [] : [await withdrawCredit(chain, { payee: chain.account, lanes, to })];
  return hasMatured ? [...credit, await withdrawMatured(chain, { to })] : credit;
}

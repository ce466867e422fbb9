import { systemClock } from "@cortensor/runtime";
import type { OwnedSession } from "@cortensor/sdk";
import type { Command } from "commander";
import { CliError } from "../cliError.js";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import type { Act } from "../main.js";
import { formatCor, parseCor } from "../money.js";
import { parseAccount } from "../parseArgument.js";
import { parseEnd } from "../parseEnd.js";
import { openWallet, type WalletOptions } from "../sessionWallet.js";

type DelegateOptions = WalletOptions & {
  readonly capPerEpoch: string;
  readonly total: string;
  readonly expires: string;
};

/** `cortensor session delegate` and `revoke`: whether the router may sign a session's debits, and how much. */
export function addDelegation(command: (name: string, description: string) => Command, act: Act): void {
  command("delegate", "Let the router sign the session's debits within caps. Custody: delegated.")
    .argument("<account>", "the session's index", parseAccount)
    .requiredOption("--cap-per-epoch <cor>", "most that it may spend in one epoch; what is left is not added up")
    .requiredOption("--total <cor>", "most that it may spend in all")
    .requiredOption("--expires <time>", "until when: 12h, 30d or 2027-01-31")
    .addHelpText(
      "after",
      "\nThe chain enforces the caps. A router's key can be added to a session once: after `revoke` open another session.\n\nExample:\n  $ cortensor session delegate 3 --cap-per-epoch 0.5 --total 20 --expires 30d",
    )
    .action((account: number, options: DelegateOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => delegate(context, account, options)),
    );
  command("revoke", "Take that back: what was served until now is still paid, within the caps.")
    .argument("<account>", "the session's index", parseAccount)
    .action((account: number, options: WalletOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => revoke(context, account, options)),
    );
}

async function delegate(context: CommandContext, account: number, options: DelegateOptions): Promise<void> {
  const [capPerEpochWei, totalCapWei] = [parseCor(options.capPerEpoch), parseCor(options.total)];
  if (capPerEpochWei === 0n || totalCapWei < capPerEpochWei) {
    const expected = "caps above 0, the total at least that of an epoch";
    throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: "--cap-per-epoch, --total", expected });
  }
  const expires = parseEnd(options.expires, systemClock.nowMs());
  const client = await openWallet(context, options, 0n);
  const caps = { account, capPerEpochWei, totalCapWei, expires };
  const { key, txHash } = await client.delegate(caps, { signal: context.shutdown.signal });
  const lines = [
    `The router's key ${key} may sign what session ${account} pays:`,
    `at most ${formatCor(capPerEpochWei)} an epoch, ${formatCor(totalCapWei)} in all, until ${toDate(expires)}.`,
    `Custody: delegated, as soon as the router has seen it. Take it back: cortensor session revoke ${account}`,
  ];
  context.output.result(lines, { ...caps, key, txHash, custody: "delegated" });
}

async function revoke(context: CommandContext, account: number, options: WalletOptions): Promise<void> {
  const client = await openWallet(context, options, 0n);
  const { key, txHash } = await client.revokeDelegation({ account }, { signal: context.shutdown.signal });
  const lines = [
    `The router's key ${key} signs no new debits of session ${account}; what was served until now is still paid.`,
    `Custody: self. Only the key '${options.as}' signs what it pays.`,
  ];
  context.output.result(lines, { account, key, txHash, custody: "self" });
}

/** Who signs a session's debits, and within which bounds. */
export function formatDelegation(delegation: OwnedSession["delegation"]): string {
  if (delegation === undefined) return "custody self";
  if (delegation.state === "revoked") return "custody self (delegation revoked)";
  const { capPerEpochWei, totalCapWei, spentTotalWei, expires } = delegation;
  const caps = `at most ${formatCor(capPerEpochWei)} an epoch, ${formatCor(spentTotalWei)} of ${formatCor(totalCapWei)} used`;
  return `custody delegated: ${caps}, until ${toDate(expires)}`;
}

function toDate(seconds: number): string {
  return new Date(seconds * 1_000).toISOString();
}

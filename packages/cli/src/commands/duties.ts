import { type ChainReader, createChainReader, createChainWriter, readDutyPaid, readNode } from "@cortensor/chain";
import { claimOutOfFund, createDutyPayWatch, fetchDutyPay } from "@cortensor/node";
import type { Address, DutyPayProof } from "@cortensor/protocol";
import type { Command } from "commander";
import { CliError } from "../cliError.js";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import { ensureFunds } from "../faucet.js";
import type { Act } from "../main.js";
import { formatCor } from "../money.js";
import { findNetwork } from "../networkAccess.js";
import { parseAddressArgument } from "../parseArgument.js";

type DutiesOptions = { readonly network?: string };
type ClaimOptions = DutiesOptions & { readonly as: string };

/** `cortensor duties`: what a validator has earned by its duties, and the claim of it. */
export function addDuties(program: Command, act: Act): void {
  const duties = program
    .command("duties")
    .description("See what a guard or a miner has earned by checking others' tasks, or have it paid to its owner.")
    .addHelpText("after", HELP);
  const of = (name: string, says: string): Command =>
    duties
      .command(name)
      .description(says)
      .argument("<validator>", "the signing address of the guard or miner", parseAddressArgument)
      .option("--network <file|url>", "the network (default: the one in --home)");

  of("status", "What guards attest that it has earned, and what of it was paid.").action(
    (validator: Address, options: DutiesOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => showStatus(context, { validator, options })),
  );
  of("claim", "Have paid what it has earned: to its owner, whoever claims.")
    .option("--as <name>", "the key that pays for it", "claimer")
    .action((validator: Address, options: ClaimOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => claim(context, { validator, options })),
    );
}

type Asked<Options> = { readonly validator: Address; readonly options: Options };

async function showStatus(context: CommandContext, { validator, options }: Asked<DutiesOptions>): Promise<void> {
  const { profile } = await findNetwork(context, options.network);
  const { proof, paidWei, owner } = await readPay(createChainReader({ profile }), validator, context);
  const earnedWei = proof?.earnedWei ?? 0n;
  const dueWei = earnedWei > paidWei ? earnedWei - paidWei : 0n;
  const by = proof === undefined ? "by no root that a guard shows" : `by the root of epoch ${proof.parts.epoch}`;
  const lines = [
    `${validator} has earned ${formatCor(earnedWei)} ${by}.`,
    `${formatCor(paidWei)} was paid; ${formatCor(dueWei)} is due to its owner, ${owner}.`,
  ];
  const epoch = proof === undefined ? {} : { epoch: proof.parts.epoch };
  context.output.result(lines, { validator, owner, earnedWei, paidWei, dueWei, ...epoch });
}

async function claim(context: CommandContext, { validator, options }: Asked<ClaimOptions>): Promise<void> {
  const { profile } = await findNetwork(context, options.network);
  const { key } = await context.keystore({ mayGenerate: true }).open(options.as);
  const chain = createChainWriter({ profile, privateKey: key.expose() });
  const { proof, paidWei, owner } = await readPay(chain, validator, context);
  const dueWei = (proof?.earnedWei ?? 0n) - paidWei;
  if (proof === undefined || dueWei <= 0n) {
    context.output.result([`Nothing is due to ${validator}.`], { validator, owner, claimedWei: 0n });
    return;
  }
  await ensureFunds(profile, { to: chain.account, corWei: 0n, what: "gas" });
  await claimOutOfFund(chain, { proof, dueWei });
  const { epoch } = proof.parts;
  const lines = [`${formatCor(dueWei)} went to ${owner}, for duties of ${validator} up to the root of epoch ${epoch}.`];
  context.output.result(lines, { validator, owner, epoch, claimedWei: dueWei });
}

/** What guards show of a validator, held against the chain. */
async function readPay(
  chain: ChainReader,
  validator: Address,
  { shutdown: { signal } }: CommandContext,
): Promise<{ readonly proof: DutyPayProof | undefined; readonly paidWei: bigint; readonly owner: Address }> {
  const node = await readNode(chain, validator);
  if (node === undefined) {
    throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: "validator", expected: "the signing address of a node" });
  }
  const watch = createDutyPayWatch(chain);
  const [proof, paidWei] = await Promise.all([
    fetchDutyPay(validator, { chain: watch, signal }),
    readDutyPaid(chain, validator),
  ]);
  return { proof, paidWei, owner: node.owner };
}

const HELP = `
Guards attest once an epoch what each validator has ever earned; a claim pays all of it that wasn't paid. A guard or miner that does duties claims by
itself (GUARD_DUTY_CLAIM, MINER_DUTY_CLAIM).

Examples:
  $ cortensor duties status 0x5a…c1
  $ cortensor duties claim 0x5a…c1`;

import {
  type ChainReceipt,
  type ChainWriter,
  createChainReader,
  createChainWriter,
  delegateStake,
  type NetworkProfile,
  readHead,
  readStake,
  readStakePosition,
  requestUnstake,
  type StakePosition,
  stake,
  withdrawUnstaked,
} from "@cortensor/chain";
import type { Address } from "@cortensor/protocol";
import type { Command } from "commander";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import { ensureFunds } from "../faucet.js";
import type { Act } from "../main.js";
import { formatCor, parseCor } from "../money.js";
import { findNetwork } from "../networkAccess.js";
import { parseAddressArgument } from "../parseArgument.js";

type StakeOptions = { readonly as: string; readonly network?: string };
type PositionOptions = StakeOptions & { readonly operator?: Address };

/** `cortensor stake`: what stands behind a node operator's results, one's own or delegated. */
export function addStake(program: Command, act: Act): void {
  const group = program.command("stake").description("Stake COR, delegate it to an operator, and take it back.");
  const command = (name: string, description: string) =>
    group
      .command(name)
      .description(description)
      .option("--as <name>", "the key whose stake it is", "miner-operator")
      .option("--network <file|url>", "the network (default: the one in --home)");
  const withOperator = (name: string, description: string) =>
    command(name, description).option(
      "--operator <address>",
      "whose stake it is delegated to (default: the key itself)",
      parseAddressArgument,
    );
  const run = (self: Command, work: (context: CommandContext) => Promise<void>) =>
    act(self.optsWithGlobals<GlobalOptions>(), work);

  command("add", "Add to the stake of the key's own nodes.")
    .argument("<cor>", "COR to stake")
    .addHelpText("after", "\nExample:\n  $ cortensor stake add 500 --as miner-operator")
    .action((cor: string, options: StakeOptions, self: Command) =>
      run(self, (context) => enter(context, { ...options, wei: parseCor(cor) })),
    );
  command("delegate", "Stake for an operator. It stays yours, and is slashed with the operator's.")
    .argument("<operator>", "the operator's address", parseAddressArgument)
    .argument("<cor>", "COR to stake")
    .action((operator: Address, cor: string, options: StakeOptions, self: Command) =>
      run(self, (context) => enter(context, { ...options, operator, wei: parseCor(cor) })),
    );
  withOperator(
    "unstake",
    "Start the way out: 14 days, anew for all that is on its way. It is slashable until it has left.",
  )
    .argument("<cor>", "COR to take back")
    .action((cor: string, options: PositionOptions, self: Command) =>
      run(self, (context) => unstake(context, { ...options, wei: parseCor(cor) })),
    );
  withOperator("withdraw", "Withdraw all that has waited long enough.")
    .option("--to <address>", "who gets the COR (default: the key's own address)", parseAddressArgument)
    .action((options: PositionOptions & { readonly to?: Address }, self: Command) =>
      run(self, (context) => withdraw(context, options)),
    );
  withOperator("show", "Show an operator's whole stake, and the key's part of it.").action(
    (options: PositionOptions, self: Command) => run(self, (context) => show(context, options)),
  );
}

async function enter(
  context: CommandContext,
  request: StakeOptions & { readonly operator?: Address; readonly wei: bigint },
): Promise<void> {
  const { operator, wei } = request;
  const { profile, chain } = await openHolder(context, request);
  await ensureFunds(profile, { to: chain.account, homeCorWei: wei, what: `${formatCor(wei)} and gas` });
  const sent = await (operator === undefined ? stake(chain, { wei }) : delegateStake(chain, { operator, wei }));
  const data = { wei, ...sent };
  await report(context, { chain, operator: operator ?? chain.account, said: `Staked ${formatCor(wei)}`, data });
}

async function unstake(context: CommandContext, request: PositionOptions & { readonly wei: bigint }): Promise<void> {
  const { wei } = request;
  const { profile, chain } = await openHolder(context, request);
  const operator = request.operator ?? chain.account;
  await ensureFunds(profile, { to: chain.account, homeCorWei: 0n, what: "gas" });
  const sent = await requestUnstake(chain, { operator, wei });
  await report(context, { chain, operator, said: `${formatCor(wei)} began the way out`, data: { wei, ...sent } });
}

async function withdraw(context: CommandContext, request: PositionOptions & { readonly to?: Address }): Promise<void> {
  const { profile, chain } = await openHolder(context, request);
  const operator = request.operator ?? chain.account;
  const to = request.to ?? chain.account;
  const [{ unstakeAt }, { timestamp }] = await Promise.all([
    readStakePosition(chain, { operator, holder: chain.account }),
    readHead(chain.home),
  ]);
  if (unstakeAt === 0 || timestamp < unstakeAt) {
    const said = unstakeAt === 0 ? "Nothing is on its way out" : "Nothing is free yet";
    return report(context, { chain, operator, said, data: { withdrawnWei: 0n } });
  }
  await ensureFunds(profile, { to: chain.account, homeCorWei: 0n, what: "gas" });
  const { wei: withdrawnWei, ...sent } = await withdrawUnstaked(chain, { operator, to });
  const said = `${formatCor(withdrawnWei)} went to ${to}`;
  await report(context, { chain, operator, said, data: { to, withdrawnWei, ...sent } });
}

async function show(context: CommandContext, options: PositionOptions): Promise<void> {
  const { profile, holder } = await findHolder(context, options);
  const chain = createChainReader({ profile });
  const operator = options.operator ?? holder;
  const [whole, position] = await Promise.all([
    readStake(chain, operator),
    readStakePosition(chain, { operator, holder }),
  ]);
  const lines = [
    `Operator ${operator}: ${formatCor(whole.stakedWei)} staked in all, ${formatCor(whole.unstakingWei)} on the way out`,
    ...(profile.home === undefined
      ? []
      : [`Chain ${profile.chainId}, which gives work by it, knows of ${formatCor(whole.viewWei)}`]),
    `Key '${options.as}' (${holder}): ${formatPosition(position)}`,
  ];
  context.output.result(lines, { operator, holder, ...whole, position });
}

/** Says what was done, and what the key has then. */
async function report(
  context: CommandContext,
  done: {
    readonly chain: ChainWriter;
    readonly operator: Address;
    readonly said: string;
    readonly data: Partial<ChainReceipt> & Readonly<Record<string, unknown>>;
  },
): Promise<void> {
  const { chain, operator, said, data } = done;
  const position = await readStakePosition(chain, { operator, holder: chain.account });
  const { home, chainId } = chain.profile;
  const heard = `It is on chain ${home?.chainId}; chain ${chainId}, which gives work by it, hears of it by message.`;
  const lines = [
    `${said}. With operator ${operator} you have ${formatPosition(position)}.`,
    ...(home === undefined ? [] : [heard]),
  ];
  context.output.result(lines, { operator, holder: chain.account, ...data, position });
}

function formatPosition({ stakedWei, unstakingWei, unstakeAt }: StakePosition): string {
  const leaving = unstakeAt === 0 ? "" : `, ${formatCor(unstakingWei)} free from ${toDate(unstakeAt)}`;
  return `${formatCor(stakedWei)} staked${leaving}`;
}

function toDate(seconds: number): string {
  return new Date(seconds * 1_000).toISOString();
}

async function findHolder(
  context: CommandContext,
  { as, network }: StakeOptions,
): Promise<{ readonly profile: NetworkProfile; readonly holder: Address }> {
  const { profile } = await findNetwork(context, network);
  const { address } = await context.keystore({ mayGenerate: false }).open(as);
  return { profile, holder: address };
}

async function openHolder(
  context: CommandContext,
  { as, network }: StakeOptions,
): Promise<{ readonly profile: NetworkProfile; readonly chain: ChainWriter }> {
  const { profile } = await findNetwork(context, network);
  const { key } = await context.keystore({ mayGenerate: false }).open(as);
  return { profile, chain: createChainWriter({ profile, privateKey: key.expose() }) };
}

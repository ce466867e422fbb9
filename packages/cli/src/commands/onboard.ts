import {
  type OnboardingPlace,
  type OnboardingPlaces,
  parseLayerProfile,
  placesOfLayers,
  placesOfNetwork,
} from "@cortensor/chain";
import type { Address } from "@cortensor/protocol";
import { systemClock } from "@cortensor/runtime";
import type { Onboarded, OrderState } from "@cortensor/sdk";
import type { Command } from "commander";
import { formatUnits } from "viem";
import { CliError } from "../cliError.js";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import { readFileIfThere } from "../home/writeFileWhole.js";
import type { Act } from "../main.js";
import { formatCor, parseCor } from "../money.js";
import { findNetwork, openClient } from "../networkAccess.js";
import { wholeNumber } from "../parseArgument.js";
import { sayKeyMade } from "../sessionWallet.js";
import { addParamOptions, type ParamOptions, toParams } from "./sessionParams.js";

const HOUR_SECONDS = 3_600;
const KEY_HOURS_MAX = 8_760;

type OnboardOptions = ParamOptions & {
  readonly from?: string;
  readonly amount: string;
  readonly maxFee: string;
  readonly as: string;
  readonly name: string;
  readonly router?: string;
  readonly network?: string;
  readonly layers?: string;
  readonly delegate?: string;
  readonly delegateHours: number;
};

/** `cortensor onboard`: a session by one signature, from whichever chain the wallet's coins are on. */
export function addOnboard(program: Command, act: Act): void {
  const command = program
    .command("onboard")
    .description("Open a session by one signature, from any chain of the network: a router brings it and pays.");
  addParamOptions(command)
    .requiredOption("--amount <cor>", "COR to deposit, of the wallet's on that chain")
    .option("--from <chain>", "the chain that the coins are on, by its name in the profile (default: the serving one)")
    .option("--max-fee <cor>", "most COR that the router may keep of it", "0")
    .option("--name <name>", "a name of your own", "session")
    .option("--as <name>", "the wallet's key in the keystore, made when it isn't there", "client")
    .option("--delegate <cor>", "let the router's key sign debits of up to so much (default: the wallet signs each)")
    .option("--delegate-hours <count>", "for how long", wholeNumber(1, KEY_HOURS_MAX), 24)
    .option("--router <url>", "the router that brings it (default: the one in --home)")
    .option("--network <file|url>", "the network's profile (default: the router's)")
    .option("--layers <file>", "the profile over several chains, where the coins are on another than the serving one")
    .addHelpText(
      "after",
      "\nExamples:\n  $ cortensor onboard --amount 10\n  $ cortensor onboard --layers network.json --from base --amount 10 --max-fee 0.1",
    )
    .action((options: OnboardOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => onboard(context, options)),
    );
}

async function onboard(context: CommandContext, options: OnboardOptions): Promise<void> {
  const { output, shutdown } = context;
  const { profile } = await findNetwork(context, options.network ?? options.router);
  const places = await readPlaces(context, options.layers, placesOfNetwork(profile));
  const from = placeNamed(places, options.from);
  const key = await context.keystore({ mayGenerate: false }).openOrCreate(options.as);
  if (key.isNew) sayKeyMade(context, key);
  const client = await openClient(context, {
    ...(options.router !== undefined && { router: options.router }),
    wallet: { privateKey: key.key.expose(), deployment: profile },
  });
  const bounds = { signal: shutdown.signal };
  const beganMs = systemClock.nowMs();
  const delegation = await delegationOf(options, async () => (await client.info(bounds)).router.spendingKey);
  const onboarded = await client.onboard(
    {
      ...{ from, serving: places.serving, amountWei: parseCor(options.amount), feeMaxWei: parseCor(options.maxFee) },
      params: { ...toParams(options), name: options.name },
      ...(delegation !== undefined && { key: delegation }),
    },
    { ...bounds, onState: (state) => output.progress(`order.${state.state}`, SAYS[state.state], { ...state }) },
  );
  // The router serves it as soon as it has seen it on the chain.
  if (onboarded.account > 0) await client.access(bounds);
  const tookMs = systemClock.nowMs() - beganMs;
  const lines = resultLines(onboarded, { tookMs, as: options.as });
  const { digest, account, state } = onboarded;
  output.result(lines, { digest, account, owner: key.address, tookMs, costs: costsOf(state), state });
}

const SAYS: Readonly<Record<OrderState["state"], string>> = {
  taking: "The router took the order: it brings it to the chain that your coins are on.",
  crossing: "Your coins are on their way to the serving chain.",
  opening: "Your coins are there: the session is being opened.",
  credited: "The session is open.",
  paidOut: "No session could be opened: the coins are yours on the serving chain.",
  failed: "The router couldn't bring it.",
};

/** What it cost on each chain, in the chain's own coin, and who paid. */
function costsOf({ steps }: OrderState) {
  const chains = [...new Set(steps.map(({ chain }) => chain))];
  return chains.map((chain) => {
    const own = steps.filter((step) => step.chain === chain);
    const gasUsed = own.reduce((sum, step) => sum + step.gasUsed, 0n);
    const costWei = own.reduce((sum, step) => sum + step.costWei, 0n);
    return { chain, gasUsed, costWei, paidBy: "router" };
  });
}

function resultLines(
  { account, state }: Onboarded,
  { tookMs, as }: { readonly tookMs: number; readonly as: string },
): readonly string[] {
  const costs = costsOf(state).map(
    ({ chain, gasUsed, costWei }) =>
      `  ${chain}: ${gasUsed} gas, ${formatUnits(costWei, 18)} of its coin, by the router`,
  );
  const seconds = (tookMs / 1_000).toFixed(1);
  const end =
    account === 0
      ? [`No session could be opened. ${formatCor(state.amountWei - state.feeWei)} are yours on the serving chain.`]
      : [
          `Session ${account} is open with ${formatCor(state.amountWei - state.feeWei)}, after ${seconds} s.`,
          `Ask with it: cortensor chat --as ${as} --account ${account} "…"`,
        ];
  return [...end, `You paid no gas, and a fee of ${formatCor(state.feeWei)}. What it cost:`, ...costs];
}

async function readPlaces(
  { env }: CommandContext,
  file: string | undefined,
  known: OnboardingPlaces,
): Promise<OnboardingPlaces> {
  if (file === undefined) return known;
  const text = await readFileIfThere(file);
  if (text === undefined) throw new CliError({ code: "CLI_BAD_FILE", file, problem: "can't be read" });
  const places = placesOfLayers(parseLayerProfile(text), env);
  if (places.serving.chainId !== known.serving.chainId || places.serving.taker !== known.serving.taker)
    throw new CliError({ code: "CLI_BAD_FILE", file, problem: "is of another network than the router's" });
  return places;
}

function placeNamed({ serving, chains }: OnboardingPlaces, name: string | undefined): OnboardingPlace {
  if (name === undefined) return serving;
  const found = chains.find((place) => place.name === name);
  if (found !== undefined) return found;
  const expected = `one of ${chains.map((place) => place.name).join(", ")}; other chains need --layers`;
  throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: `--from ${name}`, expected });
}

async function delegationOf({ delegate, delegateHours }: OnboardOptions, readKey: () => Promise<Address | undefined>) {
  if (delegate === undefined) return undefined;
  const key = await readKey();
  if (key === undefined)
    throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: "--delegate", expected: "a router that publishes a key" });
  const wei = parseCor(delegate);
  const expires = Math.floor(systemClock.nowMs() / 1_000) + delegateHours * HOUR_SECONDS;
  return { key, capPerEpochWei: wei, totalCapWei: wei, expires };
}

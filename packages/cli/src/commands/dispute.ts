import {
  appealVerdict,
  type ChainReader,
  type ChainWriter,
  createChainReader,
  createChainWriter,
  type DisputeChore,
  type DisputeRecord,
  dismissDispute,
  disputeResult,
  dueChore,
  enforceDispute,
  readDispute,
  readDisputeCount,
  readHead,
} from "@cortensor/chain";
import { type Address, type DisputedResult, disputeFault, registryDomain } from "@cortensor/protocol";
import type { Command } from "commander";
import { CliError } from "../cliError.js";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import { findDisputed } from "../disputes/findDisputed.js";
import { ensureFunds } from "../faucet.js";
import type { Act } from "../main.js";
import { formatCor } from "../money.js";
import { findNetwork, openClient } from "../networkAccess.js";
import { parseAddressArgument, wholeNumber } from "../parseArgument.js";

/** What a dispute, and an appeal, puts down. */
const BOND_WEI = 10n ** 18n;
const NUMBER_MAX = 4_294_967_295;
/** A dispute has at most so many deadlines, one after the other, and a slash after them. */
const CHORES_MAX = 32;
/** How many disputes `list` shows. */
const LISTED_MAX = 20;

type NetworkOption = { readonly network?: string };
type KeyOptions = NetworkOption & { readonly as: string };
type OpenOptions = KeyOptions & { readonly miner?: Address; readonly router?: string };

/** `cortensor dispute`: has a result judged by others, and sees to it that what they find is carried out. */
export function addDispute(program: Command, act: Act): void {
  const dispute = program
    .command("dispute")
    .description("Dispute a miner's result, see how disputes stand, or have enforced what is due of one.")
    .addHelpText("after", HELP);
  addOpen(dispute, act);
  addReading(dispute, act);
  addActing(dispute, act);
}

const withNetwork = (command: Command): Command =>
  command.option("--network <file|url>", "the network (default: the one in --home)");
const withKey = (command: Command): Command =>
  withNetwork(command.option("--as <name>", "the key that pays for it", "challenger"));
const numbered = (dispute: Command, name: string, says: string): Command =>
  dispute.command(name).description(says).argument("<number>", "of the dispute", wholeNumber(1, NUMBER_MAX));

function addOpen(dispute: Command, act: Act): void {
  withKey(
    dispute
      .command("open")
      .description("Dispute a result. Puts down 1 COR.")
      .argument("<task|file>", "a task that you asked, or what shows the result and the fee, as JSON")
      .option("--miner <address>", "whose result, where a task has several", parseAddressArgument)
      .option("--router <url>", "where to ask for the task (default: the one in --home)"),
  ).action((source: string, options: OpenOptions, self: Command) =>
    act(self.optsWithGlobals<GlobalOptions>(), async (context) => {
      const disputed = await findDisputed(source, { ...options, openClient: () => openClient(context, options) });
      const chain = await openChain(context, options, BOND_WEI);
      checkDisputed(disputed, { file: source, chain });
      const { number } = await disputeResult(chain, disputed);
      const { miner } = disputed.result;
      context.output.result([`Dispute ${number} over a result of ${miner} is open.`], { number, miner });
    }),
  );
}

function addReading(dispute: Command, act: Act): void {
  withNetwork(dispute.command("list").description("How the last 20 disputes stand.")).action(
    (options: NetworkOption, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), async (context) => {
        const { profile } = await findNetwork(context, options.network);
        const chain = createChainReader({ profile });
        const last = await readDisputeCount(chain);
        const first = Math.max(1, last - LISTED_MAX + 1);
        const newest = Array.from({ length: last - first + 1 }, (_, place) => first + place);
        const disputes = await Promise.all(newest.map((number) => requireDispute(chain, number)));
        const lines = disputes.map(headline);
        context.output.result(lines.length === 0 ? ["No dispute was opened yet."] : lines, { disputes });
      }),
  );
  withNetwork(numbered(dispute, "show", "How a dispute stands, who sits, and what is due of it.")).action(
    (number: number, options: NetworkOption, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), async (context) => {
        const { profile } = await findNetwork(context, options.network);
        const chain = createChainReader({ profile });
        const found = await requireDispute(chain, number);
        const nowSeconds = (await readHead(chain)).timestamp;
        context.output.result(describe(found, nowSeconds), {
          dispute: found,
          due: dueChore(found, nowSeconds) ?? null,
        });
      }),
  );
}

function addActing(dispute: Command, act: Act): void {
  withKey(numbered(dispute, "appeal", "Ask for a second jury. Puts down 1 COR.")).action(
    (number: number, options: KeyOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), async (context) => {
        const chain = await openChain(context, options, BOND_WEI);
        await requireDispute(chain, number);
        await appealVerdict(chain, number);
        context.output.result([`The verdict of dispute ${number} is appealed.`], { number });
      }),
  );
  withKey(numbered(dispute, "dismiss", "Say that a disputed result was planted by its miner's owner.")).action(
    (number: number, options: KeyOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), async (context) => {
        const chain = await openChain(context, options, 0n);
        await requireDispute(chain, number);
        await dismissDispute(chain, number);
        context.output.result([`Dispute ${number} is dismissed.`], { number });
      }),
  );
  withKey(numbered(dispute, "enforce", "Enforce what is due of a dispute.")).action(
    (number: number, options: KeyOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), async (context) => {
        const chain = await openChain(context, options, 0n);
        const done = await enforceAll(chain, number);
        const { phase, ending } = await requireDispute(chain, number);
        const says = done.length === 0 ? "Nothing is due" : `Done: ${done.join(", ")}`;
        context.output.result([`${says}. The dispute is ${ending ?? phase}.`], { number, done, phase, ending });
      }),
  );
}

const HELP = `
Within a day of a task's deadline anyone may dispute a result that its miner signed. Three validators make it again; if two find it wrong, a jury decides.
Of a task that you asked, its router shows what is needed; a file holds task, receipt, results, proof, result and resultProof as JSON. What is put down comes back unless the result is cleared.

Examples:
  $ cortensor dispute open 0x5a…c1 --as alice
  $ cortensor dispute open ./dispute.json --as alice
  $ cortensor dispute list
  $ cortensor dispute show 7 --json
  $ cortensor dispute appeal 7 --as my-miners-owner
  $ cortensor dispute enforce 7`;

/** Does what anyone may, one after another, until nothing is due. */
async function enforceAll(chain: ChainWriter, number: number): Promise<readonly DisputeChore[]> {
  const done: DisputeChore[] = [];
  while (done.length < CHORES_MAX) {
    const found = await requireDispute(chain, number);
    const chore = dueChore(found, (await readHead(chain)).timestamp);
    if (chore === undefined) return done;
    await enforceDispute(chain, { number, chore });
    done.push(chore);
  }
  return done;
}

function headline(dispute: DisputeRecord): string {
  const { number, resultHash, miner, feeWei, phase, ending, deadlineSeconds } = dispute;
  const until = new Date(deadlineSeconds * 1_000).toISOString();
  return `Dispute ${number} over ${resultHash} of ${miner}, fee ${formatCor(feeWei)}: ${ending ?? `${phase} until ${until}`}`;
}

function describe(dispute: DisputeRecord, nowSeconds: number): readonly string[] {
  const { number, validators, jurors, secondJurors, appellant } = dispute;
  const due = dueChore(dispute, nowSeconds);
  const seats = [
    ...(validators.length > 0 ? [`  validators of round ${dispute.round}: ${validators.join(", ")}`] : []),
    ...(jurors.length > 0 ? [`  jury: ${jurors.join(", ")}; its verdict: ${dispute.verdict ?? "none yet"}`] : []),
    ...(secondJurors.length > 0 ? [`  second jury: ${secondJurors.join(", ")}`] : []),
  ];
  return [
    headline(dispute),
    ...seats,
    ...(appellant === undefined ? [] : [`  appealed by ${appellant}`]),
    ...(dispute.frozenUntil === undefined ? [] : ["  the miner is frozen"]),
    ...(due === undefined ? [] : [`  due: ${due} (\`cortensor dispute enforce ${number}\`)`]),
  ];
}

async function openChain(context: CommandContext, options: KeyOptions, corWei: bigint): Promise<ChainWriter> {
  const { profile } = await findNetwork(context, options.network);
  const { address, key } = await context.keystore({ mayGenerate: false }).openOrCreate(options.as);
  await ensureFunds(profile, { to: address, corWei, what: corWei === 0n ? "gas" : `${formatCor(corWei)} and gas` });
  return createChainWriter({ profile, privateKey: key.expose() });
}

/** Before anything is put down. */
function checkDisputed(disputed: DisputedResult, of: { readonly file: string; readonly chain: ChainWriter }): void {
  const { chainId, addresses } = of.chain.profile;
  const fault = disputeFault(disputed, registryDomain({ chainId, registry: addresses.registry }));
  if (fault !== undefined)
    throw new CliError({ code: "CLI_BAD_FILE", file: of.file, problem: `shows nothing: ${fault}` });
}

async function requireDispute(chain: ChainReader, number: number): Promise<DisputeRecord> {
  const found = await readDispute(chain, number);
  if (found !== undefined) return found;
  throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: String(number), expected: "a dispute that was opened" });
}

import {
  answerSetChallenge,
  type ChainWriter,
  condemnSet,
  createChainWriter,
  findSetCid,
  openSetChallenge,
  readSetChallenge,
  type SetChallenge,
} from "@cortensor/chain";
import type { Bytes32 } from "@cortensor/protocol";
import type { Command } from "commander";
import { openSets } from "../audit/readSets.js";
import { CliError } from "../cliError.js";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import { ensureFunds } from "../faucet.js";
import type { Act } from "../main.js";
import { formatCor } from "../money.js";
import { findNetwork } from "../networkAccess.js";
import { parseHash, wholeNumber } from "../parseArgument.js";

/** A set has at most so many pieces: the contract counts them in 32 bits. */
const CHUNK_MAX = 4_294_967_295;
/** What a challenge puts down. */
const DEPOSIT_WEI = 10n ** 18n;

type KeyOptions = { readonly as: string; readonly network?: string };

/** `cortensor challenge`: makes an operator show a settlement's set, or lose what it earned with it. */
export function addChallenge(program: Command, act: Act): void {
  const challenge = program
    .command("challenge")
    .description("Ask an operator for a settlement's published set, answer such a question, or have a set condemned.")
    .addHelpText(
      "after",
      "\nWithin 22 hours of a settlement anyone may ask for a piece of its set and puts down 1 COR. Shown within an hour, as the operator's router does by itself, that is\nthe operator's; else it comes back, with a share of what the operator loses.\n\nExamples:\n  $ cortensor challenge open 0x… --chunk 0\n  $ cortensor challenge answer 0x… --sets ./settlements\n  $ cortensor challenge condemn 0x…",
    );
  const command = (name: string, argument: string, says: string) =>
    challenge
      .command(name)
      .description(says)
      .argument(argument, "as it was printed", parseHash)
      .option("--as <name>", "the key that pays for it", "challenger")
      .option("--network <file|url>", "the network (default: the one in --home)");

  command("open", "<settlement>", "Ask for a piece of a settlement's set.")
    .option("--chunk <index>", "which piece, from 0 on", wholeNumber(0, CHUNK_MAX), 0)
    .action((settlementId: Bytes32, options: KeyOptions & { chunk: number }, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), async (context) => {
        const chain = await openChain(context, options, DEPOSIT_WEI);
        const { id, deadline } = await openSetChallenge(chain, { settlementId, index: options.chunk });
        const at = new Date(deadline * 1_000).toISOString();
        context.output.result([`Challenge ${id} must be answered by ${at}.`], { id, settlementId, deadline });
      }),
    );
  command("answer", "<challenge>", "Show the piece that a challenge asks for.")
    .option(
      "--sets <folder|url>",
      "where the sets are: a folder, a router, or peers:<endpoint>,… (default: `settlements` in --home)",
    )
    .action((id: Bytes32, options: KeyOptions & { sets?: string }, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), async (context) => {
        const chain = await openChain(context, options, 0n);
        const asked = await requireChallenge(chain, id);
        const source = options.sets ?? context.paths.settlements;
        const bytes = await openSets(source, context.shutdown.signal)(await setCidOf(chain, asked));
        if (bytes === undefined) throw new CliError({ code: "CLI_BAD_FILE", file: source, problem: "has no such set" });
        await answerSetChallenge(chain, { id, index: asked.index, bytes });
        context.output.result([`Challenge ${id} is answered.`], { id, settlementId: asked.settlementId });
      }),
    );
  command("condemn", "<challenge>", "Take what a set that nobody showed costs its operator.").action(
    (id: Bytes32, options: KeyOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), async (context) => {
        const chain = await openChain(context, options, 0n);
        const { lane } = await requireChallenge(chain, id);
        const { frozenWei, slashedWei } = await condemnSet(chain, id);
        const lost = `${formatCor(frozenWei)} that had not matured and ${formatCor(slashedWei)} of its bond`;
        context.output.result([`${lane} loses ${lost}.`], { id, lane, frozenWei, slashedWei });
      }),
  );
}

async function openChain(context: CommandContext, options: KeyOptions, corWei: bigint): Promise<ChainWriter> {
  const { profile } = await findNetwork(context, options.network);
  const { address, key } = await context.keystore({ mayGenerate: false }).openOrCreate(options.as);
  await ensureFunds(profile, { to: address, corWei, what: corWei === 0n ? "gas" : `${formatCor(corWei)} and gas` });
  return createChainWriter({ profile, privateKey: key.expose() });
}

async function requireChallenge(chain: ChainWriter, id: Bytes32): Promise<SetChallenge> {
  const found = await readSetChallenge(chain, id);
  if (found !== undefined) return found;
  throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: id, expected: "a challenge that was opened" });
}

/** Under which a challenged settlement's set was to be published. */
async function setCidOf(chain: ChainWriter, { lane, settlementId }: SetChallenge): Promise<Bytes32> {
  const setCid = await findSetCid(chain, { lane, settlementId });
  if (setCid !== undefined) return setCid;
  throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: settlementId, expected: "a settlement on this chain" });
}

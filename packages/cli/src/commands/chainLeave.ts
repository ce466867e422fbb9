import {
  askLastState,
  createChainReader,
  createRpcClient,
  createSender,
  type ExitPlace,
  fixLastState,
  formatProfile,
  type LeaveStep,
  leaveChain,
  parseExitPlace,
  readExitStage,
} from "@cortensor/chain";
import type { Address } from "@cortensor/protocol";
import { deriveChain, parseOpChain } from "@cortensor/rollup";
import type { Command } from "commander";
import { privateKeyToAccount } from "viem/accounts";
import { leaveLines, toLeaveRecord } from "../chains/leaveLines.js";
import { CliError } from "../cliError.js";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import { readFileIfThere, writeFileWhole } from "../home/writeFileWhole.js";
import type { Act } from "../main.js";
import { findNetwork } from "../networkAccess.js";
import { parseAddressArgument, parsePort } from "../parseArgument.js";
import { readChainFile } from "../rollup/readChainFile.js";
import { untilStopped } from "../untilStopped.js";

type LeaveOptions = {
  readonly network: string;
  readonly rollup: string;
  readonly parent: string;
  readonly as: string;
  readonly pay?: string;
  readonly to?: Address;
  readonly stay?: boolean;
  readonly port: number;
  readonly out?: string;
};

/** `cortensor chain leave`: out of a private network whose operator is gone, by what its parent has of it. */
export function addChainLeave(chain: Command, act: Act): void {
  chain
    .command("leave <exit>")
    .description(
      "Leave a network whose operator is gone, with nobody's help: derive its chain from the parent, have its last state fixed there, and take out what is yours.",
    )
    .requiredOption("--network <file>", "the network's profile")
    .requiredOption("--rollup <file>", "what its chain is: `chain.json`")
    .requiredOption("--parent <url>", "RPC of the parent")
    .requiredOption("--as <name>", "the member's key in the keystore")
    .option("--pay <name>", "whose key pays for gas on the parent (default: the member's)")
    .option("--to <address>", "where it is paid on the parent (default: the member's address)", parseAddressArgument)
    .option("--stay", "go on answering as the chain did, on 127.0.0.1, until stopped: for what reads it")
    .option("--port <port>", "at this port (with --stay)", parsePort, 0)
    .option("--out <file>", "write the profile with that address (with --stay): for --network of other commands")
    .addHelpText(
      "after",
      "\nRun it again behind each time that it names: it goes on where it was.\n\nExample:\n  $ cortensor chain leave exit.json --network network.json --rollup chain.json --parent https://… --as me",
    )
    .action((file: string, options: LeaveOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => leave(context, file, options)),
    );
}

async function leave(context: CommandContext, file: string, options: LeaveOptions): Promise<void> {
  const { output, shutdown } = context;
  const place = await readPlace(file);
  const opChain = parseOpChain(await readChainFile(options.rollup), options.rollup);
  const { profile } = await findNetwork(context, options.network);
  const keystore = context.keystore({ mayGenerate: false });
  const member = await keystore.open(options.as);
  const payer = await keystore.open(options.pay ?? options.as);
  const { client: parent } = createRpcClient({ rpcUrls: [options.parent], chainId: place.parentChainId });
  const sender = createSender({ client: parent, chainId: place.parentChainId, privateKey: payer.key.expose() });

  output.progress("leave.deriving", `Deriving chain ${opChain.chainId} from ${options.parent}`);
  const derived = await deriveChain({
    ...{ chain: opChain, parentRpcUrl: options.parent, port: options.port, signal: shutdown.signal },
    onError: (error) => context.log("leave").error("The derived chain failed", {}, error),
    onProgress: (block) => output.progress("leave.derived", `Block ${block}`),
  });
  try {
    const below = { ...profile, rpcUrls: [derived.url] };
    const chain = createChainReader({ profile: below });
    const stage = await reachFixed({ output, parent, sender, place, child: chain.client });
    const steps: LeaveStep[] = [];
    if (stage.kind === "fixed") {
      const to = options.to ?? member.address;
      const onStep = (step: LeaveStep) => {
        steps.push(step);
        output.progress("leave.step", leaveLines([step]).join("\n"));
      };
      const signer = privateKeyToAccount(member.key.expose());
      await leaveChain({ place, chain, parent, sender, signer, to, onStep });
    }
    if (options.out !== undefined) await writeFileWhole(options.out, formatProfile(below));
    const stays = options.stay === true ? [`The chain answers at ${derived.url}`] : [];
    const record = { stage, account: member.address, head: derived.head, steps: steps.map(toLeaveRecord) };
    output.result([...stageLines(stage), ...leaveLines(steps), ...stays], { ...record, url: derived.url });
    if (options.stay === true) await untilStopped(shutdown);
  } finally {
    await derived.stop();
  }
}

type Reach = {
  readonly output: CommandContext["output"];
  readonly parent: ReturnType<typeof createRpcClient>["client"];
  readonly child: ReturnType<typeof createRpcClient>["client"];
  readonly sender: ReturnType<typeof createSender>;
  readonly place: ExitPlace;
};

type Stage =
  | { readonly kind: "asked"; readonly fixableAt: number }
  | { readonly kind: "fixed"; readonly index: number };

/** Asks, waits for nobody, and fixes the last state where it is time. */
async function reachFixed({ output, parent, child, sender, place }: Reach): Promise<Stage> {
  let stage = await readExitStage(parent, place);
  if (stage.kind === "open") {
    output.progress("leave.asking", "Asking the operator for a sign of life");
    await askLastState(sender, place);
    stage = await readExitStage(parent, place);
  }
  if (stage.kind === "asked") {
    const { timestamp } = await parent.getBlock();
    if (Number(timestamp) < stage.fixableAt) return stage;
    output.progress("leave.fixing", "Nobody answered: fixing the chain's last state");
    await fixLastState(sender, { parent, child, place });
    stage = await readExitStage(parent, place);
  }
  if (stage.kind === "fixed") return { kind: "fixed", index: stage.index };
  // It was answered in this very moment.
  throw new CliError({ code: "CLI_USAGE", problem: "the chain's operator answered: leave by a withdrawal" });
}

function stageLines(stage: Stage): readonly string[] {
  if (stage.kind === "fixed") return [`The chain's last state is fixed: output ${stage.index}`];
  const at = new Date(stage.fixableAt * 1_000).toISOString();
  return [`The operator was asked. Where it doesn't answer, run this again from ${at} on`];
}

async function readPlace(file: string): Promise<ExitPlace> {
  const text = await readFileIfThere(file);
  if (text !== undefined) return parseExitPlace(text);
  throw new CliError({ code: "CLI_BAD_FILE", file, problem: "isn't there: whoever made the network gives it out" });
}

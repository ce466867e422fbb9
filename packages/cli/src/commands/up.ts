import { hasCode } from "@cortensor/protocol";
import { type FolderLock, lockFolder, systemClock } from "@cortensor/runtime";
import { type Command, Option } from "commander";
import { CliError } from "../cliError.js";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import { readHomeState } from "../home/homeState.js";
import type { Act } from "../main.js";
import { parsePort, wholeNumber } from "../parseArgument.js";
import type { ScriptedPace } from "../roles/openEngine.js";
import { scriptedOption } from "../scriptedOption.js";
import { untilStopped } from "../untilStopped.js";
import { LOCAL_PROFILES, type LocalPlace, type LocalProfile } from "../up/localGround.js";
import { type LocalNetwork, startLocalNetwork } from "../up/localNetwork.js";

type UpOptions = {
  readonly profile?: LocalProfile;
  readonly host: string;
  readonly port?: number;
  readonly rpcPort?: number;
  readonly miners: number;
  readonly guards: number;
  readonly epoch?: number;
  readonly model?: string;
  readonly scripted?: ScriptedPace;
};

/** `cortensor up`: a whole network on this machine. */
export function addUp(program: Command, act: Act): void {
  program
    .command("up")
    .description("Run a whole network on this machine: chains, router, miners, guards, a paid session and an API key.")
    .addOption(
      new Option(
        "--profile <name>",
        "local: each layer on a chain of its own; single: all on one (default: the home's, or local)",
      ).choices(LOCAL_PROFILES),
    )
    .option("--host <address>", "address to listen on; 0.0.0.0 lets other machines join", "127.0.0.1")
    .option("--port <port>", "port of the router (default: the last one, or 8080)", parsePort)
    .option("--rpc-port <port>", "port of the chain with the sessions (default: the last one, or 8545)", parsePort)
    .option("--miners <count>", "miners to run", wholeNumber(1, 16), 2)
    .option("--guards <count>", "guards to run, when the network answers", wholeNumber(0, 32), 5)
    .option("--epoch <seconds>", "length of an epoch (default: that of the last start, or 30)", wholeNumber(10, 86_400))
    .option("--model <source>", "GGUF path, URL or owner/repo/file.gguf (default: the embedded model)")
    .addOption(scriptedOption("miners without a model, that say the last message back"))
    .addHelpText("after", HELP)
    .action((options: UpOptions, command: Command) =>
      act(command.optsWithGlobals<GlobalOptions>(), async (context) => {
        const lock = await takeHome(context);
        context.shutdown.add("home folder", () => lock.release());
        const network = await startLocalNetwork({
          context,
          clock: systemClock,
          random: Math.random,
          options: {
            ...(options.profile === undefined ? {} : { profile: options.profile }),
            host: options.host,
            miners: options.miners,
            guards: options.guards,
            ...(options.epoch === undefined ? {} : { epochSeconds: options.epoch }),
            ports: {
              ...(options.port === undefined ? {} : { http: options.port }),
              ...(options.rpcPort === undefined ? {} : { rpc: options.rpcPort }),
            },
            minerArgs: minerArgsOf(options),
          },
        });
        show(context, network);
        const places = await Promise.race([network.complete, untilStopped(context.shutdown)]);
        if (places !== undefined && !context.shutdown.signal.aborted) showPlaces(context, network, places);
        await untilStopped(context.shutdown);
      }),
    );
}

function minerArgsOf({ model, scripted }: UpOptions): readonly string[] {
  if (scripted !== undefined) return ["--scripted", scripted];
  return model === undefined ? [] : ["--model", model];
}

const HELP = `
The first start makes everything; later starts find it again in --home and take the same ports. Ctrl-C stops all of it.

Examples:
  $ cortensor up
  $ cortensor up --profile single             one chain instead of one for each layer
  $ cortensor up --host 0.0.0.0 --miners 1    others join with: cortensor miner --network http://<this machine>:8080
  $ cortensor up --json                       progress and result for programs`;

async function takeHome({ paths }: CommandContext): Promise<FolderLock> {
  try {
    return await lockFolder(paths.home);
  } catch (error) {
    if (!hasCode(error, "RUNTIME_FOLDER_LOCKED")) throw error;
    const { url } = await readHomeState(paths.state);
    const pid = "pid" in error.data && typeof error.data.pid === "number" ? error.data.pid : 0;
    const where = url === undefined ? "" : `; its address is ${url}`;
    const hint = `a network already runs in this folder${where}. Stop it, or choose another --home`;
    throw new CliError({ code: "CLI_ALREADY_RUNNING", home: paths.home, pid, hint }, { cause: error });
  }
}

function show({ output, paths }: CommandContext, network: LocalNetwork): void {
  const { url, apiKey, model, account, rpcUrl, kind } = network;
  const body = JSON.stringify({ model, stream: true, messages: [{ role: "user", content: "What is Cortensor?" }] });
  const curl = `curl -N ${url}/v1/chat/completions -H "authorization: Bearer ${apiKey}" -H "content-type: application/json" -d '${body}'`;
  // The page takes the key from behind the #, which browsers never send to a server.
  const web = `${url}/#key=${apiKey}`;
  const lines = [
    "",
    `  Web      ${web}`,
    `  API      ${url}/v1`,
    `  API key  ${apiKey}`,
    `  Custody  custodial: the key spends session ${account}, which this network's operator owns`,
    `  Model    ${model}`,
    ...network.places.map(
      ({ layer, url, what }) => `  ${(layer === "all" ? "Chain" : layer).padEnd(8)} ${url}   ${what}`,
    ),
    `  Home     ${paths.home}`,
    "",
    "  Ask it:",
    "",
    `  ${curl}`,
    "",
  ];
  const { places } = network;
  const data = { url, web, apiKey, custody: "custodial", account, model, rpcUrl, profile: kind, chains: places };
  output.result(lines, { ...data, home: paths.home, curl });
}

/** What runs where, once all of it does. */
function showPlaces({ output }: CommandContext, { kind }: LocalNetwork, places: readonly LocalPlace[]): void {
  const rows = places.map(
    ({ layer, chainId, url, what }) =>
      `  ${layer.padEnd(7)} ${String(chainId ?? "").padEnd(6)} ${url.padEnd(24)} ${what}`,
  );
  const table = kind === "single" ? [] : ["", ...rows];
  output.progress("complete", ["Everything is up. Ctrl-C stops it.", ...table].join("\n"), { chains: places });
}

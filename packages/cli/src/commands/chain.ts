import { type Command, Option } from "commander";
import { CliError } from "../cliError.js";
import type { GlobalOptions } from "../commandContext.js";
import type { Act } from "../main.js";
import { parsePort } from "../parseArgument.js";
import { reportToParent } from "../reportToParent.js";
import { LAYER_CHAIN_IDS, LOCAL_CHAIN_ID, startLocalChain } from "../startChain.js";
import { untilStopped } from "../untilStopped.js";
import { addChainCreate } from "./chainCreate.js";
import { addChainLeave } from "./chainLeave.js";
import { addChainMember } from "./chainMember.js";
import { addChainServe } from "./chainServe.js";
import { addChainShow } from "./chainShow.js";

/** Layers that are an anvil each; the others are rollups. */
const LAYERS = ["l1", "base"] as const;

type KeptChainOptions = { readonly port?: number; readonly layer?: (typeof LAYERS)[number] };

/**
 * `cortensor chain`: private networks. By itself, with `--port`, it is the local chain and its keeper, which ends it when its own parent is
 * gone: used by `up`.
 */
export function addChain(program: Command, act: Act): void {
  const chain = program
    .command("chain")
    .description("Private networks: make one, run it, enter it, and say who is a member.")
    .addOption(
      new Option("--port <port>", "keep a local chain at this port on 127.0.0.1").argParser(parsePort).hideHelp(),
    )
    .addOption(new Option("--layer <layer>", "as one chain of a network over layers").choices(LAYERS).hideHelp());
  addChainCreate(chain, act);
  addChainServe(chain, act);
  addChainMember(chain, act);
  addChainShow(chain, act);
  addChainLeave(chain, act);
  chain.action((options: KeptChainOptions, command: Command) =>
    act(command.optsWithGlobals<GlobalOptions>(), async ({ paths, shutdown, log: createLog }) => {
      if (options.port === undefined)
        throw new CliError({ code: "CLI_USAGE", problem: "name what to do: create, serve …" });
      const log = createLog("chain");
      const { layer } = options;
      const chain = await startLocalChain({
        port: options.port,
        ...(layer === undefined
          ? { chainId: LOCAL_CHAIN_ID, statePath: paths.chainState }
          : { chainId: LAYER_CHAIN_IDS[layer], statePath: paths.chainStateOf(layer), accounts: 1 }),
        log: (line) => log.info("Tool", { line }),
      });
      shutdown.add("chain", () => chain.stop());
      reportToParent({ kind: "ready", data: { rpcUrl: chain.url, pid: chain.pid } });
      const exit = await Promise.race([chain.exited, untilStopped(shutdown)]);
      if (exit === undefined || shutdown.signal.aborted) return;
      const how = exit.output || `code ${exit.code}, signal ${exit.signal}`;
      throw new CliError({ code: "CLI_CHILD_FAILED", name: "anvil", how, logFile: paths.logs });
    }),
  );
}

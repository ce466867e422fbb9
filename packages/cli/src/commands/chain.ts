import type { Command } from "commander";
import { CliError } from "../cliError.js";
import type { GlobalOptions } from "../commandContext.js";
import type { Act } from "../main.js";
import { parsePort } from "../parseArgument.js";
import { reportToParent } from "../reportToParent.js";
import { startLocalChain } from "../startChain.js";
import { untilStopped } from "../untilStopped.js";

/** `cortensor chain`: the local chain and its keeper, which ends it when its own parent is gone. Used by `up`. */
export function addChain(program: Command, act: Act): void {
  program
    .command("chain", { hidden: true })
    .description("Keep a local chain (used by `cortensor up`).")
    .requiredOption("--port <port>", "port on 127.0.0.1", parsePort)
    .action((options: { readonly port: number }, command: Command) =>
      act(command.optsWithGlobals<GlobalOptions>(), async ({ paths, shutdown, log: createLog }) => {
        const log = createLog("chain");
        const chain = await startLocalChain({
          port: options.port,
          statePath: paths.chainState,
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

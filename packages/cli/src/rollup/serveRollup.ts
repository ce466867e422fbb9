import { OpError, parseOpChain, rollupConfig, startOpChain } from "@cortensor/rollup";
import { loadConfig, systemClock } from "@cortensor/runtime";
import type { CommandContext } from "../commandContext.js";
import { reportToParent } from "../reportToParent.js";
import { untilStopped } from "../untilStopped.js";
import { readChainFile } from "./readChainFile.js";

export type ServeRollupOptions = { readonly parent: string; readonly port: number };

/** `cortensor rollup serve`: makes a chain's blocks behind its door, until stopped. */
export async function serveRollup(context: CommandContext, file: string, options: ServeRollupOptions): Promise<void> {
  const { env, output, shutdown, paths } = context;
  const log = context.log("rollup");
  const { batcherKey, proposerKey, ...timing } = loadConfig(rollupConfig, env);
  const chain = parseOpChain(await readChainFile(file), file);
  output.progress("rollup.deriving", `Deriving chain ${chain.chainId} from ${options.parent}`);
  const running = await startOpChain({
    chain,
    parentRpcUrl: options.parent,
    port: options.port,
    folder: paths.rollupData(chain.chainId),
    batcherKey: batcherKey.expose(),
    proposerKey: proposerKey.expose(),
    clock: systemClock,
    timing,
    onError: (error) => log.error("The chain failed", { chainId: chain.chainId }, error),
    signal: shutdown.signal,
  });
  shutdown.add("rollup", () => running.stop());
  const { head, safe } = running.status();
  reportToParent({ kind: "ready", data: { rpcUrl: running.url } });
  const lines = [`Chain ${chain.chainId} answers at ${running.url}, at block ${head}; its parent has ${safe}.`];
  output.result(lines, { url: running.url, chainId: chain.chainId, head, safe });
  const reason = await Promise.race([running.halted, untilStopped(shutdown)]);
  if (reason !== undefined) throw new OpError({ code: "ROLLUP_HALTED", chainId: chain.chainId, reason });
}

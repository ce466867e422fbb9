import { lastStateCreation } from "@cortensor/chain";
import { createJsonRpc, deployOpChain, formatOpChain, rollupDeployConfig } from "@cortensor/rollup";
import { loadConfig, systemClock } from "@cortensor/runtime";
import { z } from "zod";
import { CliError } from "../cliError.js";
import type { CommandContext } from "../commandContext.js";
import { readFileIfThere, writeFileWhole } from "../home/writeFileWhole.js";

export type DeployRollupOptions = {
  readonly parent: string;
  readonly chainId: number;
  readonly depth: number;
  readonly outputBlocks: number;
  readonly window: number;
  readonly batcher: `0x${string}`;
  readonly proposer: `0x${string}`;
  readonly challenger: `0x${string}`;
  readonly isUpper: boolean;
  /** Seconds of silence after which members may leave by the last state; nobody may unless said. */
  readonly silence?: number;
};

/** Bytes of a batch on the parent. A chain above another takes less: what the one below takes in one transaction. */
const BATCH_BYTES = { onEthereum: 124_000, onRollup: 110_000 };
const BASE_FEE_WEI = 1_000_000n;

/** `cortensor rollup deploy`: a chain's contracts on its parent, and the file that says what the chain is. */
export async function deployRollup(context: CommandContext, file: string, options: DeployRollupOptions): Promise<void> {
  const { env, output, shutdown } = context;
  if ((await readFileIfThere(file)) !== undefined)
    throw new CliError({ code: "CLI_USAGE", problem: `${file} is there: a chain is deployed once` });
  const { deployerKey } = loadConfig(rollupDeployConfig, env);
  const { parent, window, isUpper, silence, ...terms } = options;
  const id = await createJsonRpc(parent).ask(z.string().transform(Number).pipe(z.int().min(1)), "eth_chainId");
  output.progress("rollup.deploying", `Deploying the contracts of chain ${terms.chainId} on chain ${id}`);
  const chain = await deployOpChain({
    ...terms,
    parentRpcUrl: parent,
    parentChainId: id,
    finalizationSeconds: window,
    batchBytesMax: isUpper ? BATCH_BYTES.onRollup : BATCH_BYTES.onEthereum,
    baseFeeWei: BASE_FEE_WEI,
    deployerKey: deployerKey.expose(),
    clock: systemClock,
    signal: shutdown.signal,
    ...(silence !== undefined && { lastState: { silenceSeconds: silence, creationOf: lastStateCreation } }),
  });
  await writeFileWhole(file, formatOpChain(chain));
  const contracts = Object.entries(chain.contracts).map(([name, at]) => `  ${name.padEnd(22)} ${at}`);
  output.result([`Chain ${chain.chainId} stands above chain ${id}; ${file} says what it is.`, ...contracts], {
    file,
    chainId: chain.chainId,
    contracts: chain.contracts,
  });
}

import { rm } from "node:fs/promises";
import { join } from "node:path";
import { lastStateCreation } from "@cortensor/chain";
import { deployOpChain, formatOpChain, type OpChain, parseOpChain } from "@cortensor/rollup";
import { readFileIfThere, writeFileWhole } from "../../home/writeFileWhole.js";
import { innerPortOf, openPort } from "../chainChild.js";
import { ENTRY, type LocalParts } from "../localChildren.js";
import { superviseChild } from "../superviseChild.js";
import { giveCoins, type LayerSender } from "./layerSender.js";
import type { RollupKeys } from "./rollupKeys.js";

/** Coins that post batches and outputs for months. */
const POSTER_WEI = 10n ** 19n;
/** Whoever looks at outputs here does so every two seconds; who withdraws waits this long twice at most. */
const WINDOW_SECONDS = 30;
/** Nobody answers an operator's members for so long, and they may leave: long enough for a machine that is started again. */
const SILENCE_SECONDS = 86_400;
const OUTPUT_BLOCKS = 10;
const BASE_FEE_WEI = 1_000_000n;
/** Bytes of a batch on the parent. A chain above a rollup takes less: its batch is a transaction there. */
const BATCH_BYTES = { onEthereum: 124_000, onRollup: 110_000 } as const;

export type LocalRollup = {
  readonly layer: "l2" | "l3";
  readonly chainId: number;
  /** Whether its members may leave it by its last state when nobody answers them. */
  readonly hasWayOut: boolean;
  readonly parent: {
    readonly url: string;
    readonly chainId: number;
    readonly sender: LayerSender;
    readonly isRollup: boolean;
  };
};

/** The chain's contracts on its parent: those of an earlier start, or new ones where the parent has none of them. */
export async function placeRollup(
  { context, clock }: LocalParts,
  { layer, chainId, hasWayOut, parent }: LocalRollup,
  keys: RollupKeys,
): Promise<{ readonly chain: OpChain; readonly isNew: boolean; readonly isReset: boolean }> {
  const { paths, output, shutdown } = context;
  const file = paths.rollup(layer);
  const kept = await readFileIfThere(file);
  const known = kept === undefined ? undefined : parseOpChain(kept, file);
  if (known !== undefined && (await stands(parent.sender, known)))
    return { chain: known, isNew: false, isReset: false };
  output.progress("rollup.deploying", `Deploying the OP Stack's contracts for the ${layer.toUpperCase()}`, { layer });
  for (const { address } of [keys.batcher, keys.proposer, keys.challenger])
    await giveCoins(parent.sender, address, POSTER_WEI);
  const chain = await deployOpChain({
    chainId,
    parentRpcUrl: parent.url,
    parentChainId: parent.chainId,
    depth: 0,
    outputBlocks: OUTPUT_BLOCKS,
    finalizationSeconds: WINDOW_SECONDS,
    batchBytesMax: parent.isRollup ? BATCH_BYTES.onRollup : BATCH_BYTES.onEthereum,
    baseFeeWei: BASE_FEE_WEI,
    batcher: keys.batcher.address,
    proposer: keys.proposer.address,
    challenger: keys.challenger.address,
    // Its transactions stand one behind another: nobody else may send with that key meanwhile.
    deployerKey: keys.batcher.key.expose(),
    clock,
    signal: shutdown.signal,
    ...(hasWayOut && { lastState: { silenceSeconds: SILENCE_SECONDS, creationOf: lastStateCreation } }),
  });
  // Blocks of a chain whose parent is gone are nobody's.
  await rm(paths.rollupData(chainId), { recursive: true, force: true });
  await writeFileWhole(file, formatOpChain(chain));
  return { chain, isNew: true, isReset: known !== undefined };
}

async function stands({ client }: LayerSender, { contracts }: OpChain): Promise<boolean> {
  const codes = Object.values(contracts).map((address) => client.getCode({ address }));
  return (await Promise.all(codes)).every((code) => code !== undefined);
}

/** Runs the sequencer behind its door as a child. Resolves to the door's address when it has derived what there is. */
export async function startRollupChild(
  parts: LocalParts,
  { layer, parent }: LocalRollup,
  { keys, port }: { readonly keys: RollupKeys; readonly port: number },
): Promise<string> {
  const { context, clock, random } = parts;
  const { output, shutdown, paths } = context;
  output.progress("rollup.starting", `Starting the ${layer.toUpperCase()}'s sequencer`, { layer });
  const innerPort = await innerPortOf(parts, port);
  const env = {
    ...process.env,
    ROLLUP_BATCHER_KEY: keys.batcher.key.expose(),
    ROLLUP_PROPOSER_KEY: keys.proposer.key.expose(),
    ROLLUP_POST: process.env.ROLLUP_POST ?? "1s",
    ROLLUP_PAD: process.env.ROLLUP_PAD ?? "2s",
  };
  const serve = ["rollup", "serve", paths.rollup(layer), "--parent", parent.url, "--port", String(innerPort)];
  const args = ["--home", paths.home, ...serve];
  const logFile = join(paths.logs, `${layer}.log`);
  const child = superviseChild({ name: layer, entry: ENTRY, args, env, logFile }, { output, clock, random });
  shutdown.add(layer, () => child.stop());
  await child.ready;
  await openPort(parts, { name: layer, port, innerPort });
  return `http://127.0.0.1:${port}`;
}

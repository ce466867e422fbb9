import { createCrosser, relayerConfig } from "@cortensor/node";
import { createMetrics, loadConfig, runLoop } from "@cortensor/runtime";
import { openRelay } from "../../relay/openRelay.js";
import type { LocalParts } from "../localChildren.js";
import type { RollupKeys } from "./rollupKeys.js";

/** Between two looks: a start waits for what they send. */
const LOOK_MS = 500;
/** Play money. */
const HOUR_WEI = 10n ** 19n;

/**
 * Tells layers of each other, as a relayer does, but without its pause of an epoch: at a start everything registers and stakes one behind another.
 * Resolves to what ends it.
 */
export async function tellLayers(
  { context, clock, random }: LocalParts,
  { keys, profile }: { readonly keys: RollupKeys; readonly profile: string },
): Promise<() => Promise<void>> {
  const { shutdown, paths, env } = context;
  const log = context.log("layers");
  const told = { RELAY_PROFILE: profile, RELAY_KEY: keys.relay.key.expose(), RELAY_FINALITY_BLOCKS: "0" };
  const config = loadConfig(relayerConfig, told);
  const { crossings } = await openRelay(config, { env, home: paths.home, log, isOnce: true });
  const parts = { crossings, hourWei: HOUR_WEI, pollMs: LOOK_MS, clock, log, random, onDone: () => undefined };
  // A new one each time remembers no epoch in which it has told already.
  const work = () => createCrosser({ ...parts, metrics: createMetrics() }).look();
  const ending = new AbortController();
  const onError = (error: unknown) => log.warn("The layers couldn't be looked at", {}, error);
  const loop = runLoop({ name: "layers", everyMs: LOOK_MS, clock, signal: ending.signal, work, onError });
  const end = async () => {
    ending.abort();
    await loop;
  };
  shutdown.add("layers", end);
  return end;
}

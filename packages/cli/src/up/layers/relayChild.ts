import { join } from "node:path";
import { ENTRY, type LocalParts } from "../localChildren.js";
import { type SupervisedChild, superviseChild } from "../superviseChild.js";
import type { RollupKeys } from "./rollupKeys.js";

/** Runs a relayer as a child: it tells layers of each other what nodes registered and staked. */
export function startRelayChild(
  { context, clock, random }: LocalParts,
  of: { readonly keys: RollupKeys; readonly profile: string },
): SupervisedChild {
  const { output, shutdown, paths } = context;
  const env = {
    ...process.env,
    RELAY_PROFILE: of.profile,
    RELAY_KEY: of.keys.relay.key.expose(),
    RELAY_ROLLUPS: paths.rollup("l2"),
    RELAY_PORT: "0",
    // Chains of one machine are never reorganised, and their coins are play money.
    RELAY_FINALITY_BLOCKS: process.env.RELAY_FINALITY_BLOCKS ?? "0",
    RELAY_POLL: process.env.RELAY_POLL ?? "1s",
    RELAY_REPORT_POLL: process.env.RELAY_REPORT_POLL ?? "1s",
    RELAY_HOUR_MAX: process.env.RELAY_HOUR_MAX ?? "10000000000000000000",
  };
  const args = ["--home", paths.home, "relay"];
  const logFile = join(paths.logs, "relay.log");
  const child = superviseChild({ name: "relay", entry: ENTRY, args, env, logFile }, { output, clock, random });
  shutdown.add("relay", () => child.stop());
  return child;
}

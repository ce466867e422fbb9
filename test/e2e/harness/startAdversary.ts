import type { Network } from "./startNetwork.js";
import { startProcess } from "./startProcess.js";
import { until, within } from "./until.js";

/** Cheaper than half of any honest miner here: where it is there, nobody else gets work. */
const CHEAP = { MINER_WEI_PER_TOKEN_IN: "1000000000", MINER_WEI_PER_TOKEN_OUT: "1000000000" };
/** An engine or two to start, and a challenge to pass. */
const START_MS = 240_000;

export type StartedAdversary = { readonly address: string; stop(): Promise<void> };

/** Starts a cheating miner as anyone would, and waits until it is verified and gets work. */
export async function startAdversary(
  network: Network,
  home: string,
  options: {
    readonly cheat: string;
    readonly as?: string;
    readonly shared?: string;
    readonly prices?: typeof CHEAP;
    /** What a miner is told beside it. */
    readonly args?: readonly string[];
  },
): Promise<StartedAdversary> {
  const { cheat, as = "adversary", shared, prices = CHEAP, args: more = [] } = options;
  const args = ["adversary", "--cheat", cheat, "--as", as, "--network", network.url, "--slots", "1"];
  const started = startProcess(home, [...args, ...more, ...(shared === undefined ? [] : ["--shared", shared])], {
    env: prices,
  });
  const stop = async (): Promise<void> => {
    started.child.kill("SIGTERM");
    await started.exited;
  };
  const find = async (address: string) => {
    const { miners } = await network.client.network();
    return miners.find((one) => one.address === address && one.verifiedUntil !== undefined);
  };
  const found = (event: string) =>
    within(
      event,
      started.output.find((line) => line.event === event),
      START_MS,
    );
  try {
    const warned = await found("adversary.cheating");
    if (!String(warned.message).includes("CHEATS ON PURPOSE")) throw new Error(`no loud notice: ${warned.message}`);
    const address = String((await found("miner.ready")).address);
    await until(`verified miner that ${cheat}s`, () => find(address), START_MS);
    return {
      address,
      async stop() {
        await stop();
        const isGone = async () => ((await find(address)) === undefined ? true : undefined);
        await until("its end", isGone);
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

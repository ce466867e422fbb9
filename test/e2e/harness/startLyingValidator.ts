import { type Address, parseAddress } from "@cortensor/protocol";
import type { Network } from "./startNetwork.js";
import { startProcess } from "./startProcess.js";
import { within } from "./until.js";

const START_MS = 180_000;
/** A chain of one machine is never reorganised. */
const LOCAL = { GUARD_PORT: "0", GUARD_FINALITY_BLOCKS: "2", GUARD_POLL: "2s" };

export type LyingValidator = {
  readonly address: Address;
  /** The end of what it logged. */
  readonly log: () => string;
  stop(): Promise<void>;
};

/** Starts a guard whose duties are lies, as anyone would, in a home of its own. */
export async function startLyingValidator(
  network: Network,
  home: string,
  options: { readonly validator: string; readonly about?: readonly Address[]; readonly stakeCor?: number },
): Promise<LyingValidator> {
  const { validator, about, stakeCor = 1_000 } = options;
  const args = ["adversary", "--validator", validator, "--as", validator, "--stake", String(stakeCor)];
  const whom = about === undefined ? [] : ["--about", about.join(",")];
  const started = startProcess(home, [...args, "--network", network.url, ...whom], { env: LOCAL });
  const found = (event: string) =>
    within(
      event,
      started.output.find((line) => line.event === event),
      START_MS,
    );
  const stop = async (): Promise<void> => {
    started.child.kill("SIGTERM");
    await started.exited;
  };
  try {
    const warned = await found("adversary.cheating");
    if (!String(warned.message).includes("CHEATS ON PURPOSE")) throw new Error(`no loud notice: ${warned.message}`);
    const ready = await found("guard.ready");
    return { address: parseAddress(String(ready.address)), log: started.stderr, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

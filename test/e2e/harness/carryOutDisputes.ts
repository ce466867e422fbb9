import { type DisputeRecord, readDispute, readDisputeCount } from "@cortensor/chain";
import { passSeconds } from "./passSeconds.js";
import { runCommand } from "./runCommand.js";
import type { Network } from "./startNetwork.js";
import { until } from "./until.js";

/** What a dispute's own processes may take, each of its deadlines kept early. */
const JUDGED_MS = 600_000;
/** After a jury's verdict anyone may appeal for so long. */
const APPEAL_SECONDS = 86_400;

/** Every dispute so far. */
export async function listDisputes({ chain }: Network): Promise<readonly DisputeRecord[]> {
  const count = await readDisputeCount(chain);
  const all = await Promise.all(Array.from({ length: count }, (_, index) => readDispute(chain, index + 1)));
  return all.filter((one) => one !== undefined);
}

/** Waits until each dispute has its jury's verdict or its end, lets the time for appeals pass on chain, and has every verdict carried out. Nothing else goes on after that. */
export async function carryOutDisputes(network: Network): Promise<readonly DisputeRecord[]> {
  const isJudged = ({ phase, ending }: DisputeRecord): boolean => phase === "judged" || ending !== undefined;
  const disputes = await until(
    "verdict in every dispute",
    async () => {
      const all = await listDisputes(network);
      return all.every(isJudged) ? all : undefined;
    },
    JUDGED_MS,
  );
  if (disputes.length === 0) return disputes;
  await passSeconds(network.rpcUrl, APPEAL_SECONDS + 1);
  for (const { number } of disputes) {
    const outcome = await runCommand(["--home", network.home, "dispute", "enforce", String(number)]);
    if (outcome.code !== 0) throw new Error(`dispute ${number} can't be enforced: ${outcome.stderr}`);
  }
  return listDisputes(network);
}

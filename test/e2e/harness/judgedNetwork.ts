import {
  addAssessor,
  assessNode,
  createChainWriter,
  readNodeLife,
  setNodeWeight,
  stake,
  transferCor,
} from "@cortensor/chain";
import { type Hex, parseAddress } from "@cortensor/protocol";
import { networkOwner } from "./fundedWallet.js";
import { environmentOf } from "./processes.js";
import { type Network, startNetwork } from "./startNetwork.js";
import { until, within } from "./until.js";

/** Miners that do duties and judge: five jurors take a stake, and whoever opened a dispute judges nothing of it. */
export const JUDGES = 6;
export const GUARDS = 3;
export const STAKE_WEI = 1_000n * 10n ** 18n;
/** Longer than anything that is done in one of them: what moves time on is the test, once it is done. */
const EPOCH_SECONDS = 600;
/** Of a node that validates: see docs/NODE_LIFE.md. */
const LEVEL = 4;
/** One ticket beyond the free one, which stake carries: whoever has it may be drawn to judge. */
const TICKETS = 2;
const START_MS = 240_000;

/**
 * A network whose six miners do duties, and judge what is disputed, while they have no user's task; its three guards attest, and do duties too where asked. It settles what is
 * answered at once.
 */
export async function startJudgedNetwork(options: { readonly hasGuardDuties: boolean }): Promise<Network> {
  const network = await startNetwork({
    args: ["--miners", String(JUDGES), "--guards", String(GUARDS), "--epoch", String(EPOCH_SECONDS)],
    env: {
      ...{ ROUTER_SETTLE_AGE: "500ms", MINER_DUTIES: "true", MINER_CHAIN_POLL: "2s", GUARD_POLL: "2s" },
      ...(options.hasGuardDuties ? { GUARD_DUTIES: "embedded" } : {}),
    },
  });
  try {
    const complete = network.output.find(({ event }) => event === "complete");
    await within("miners and guards", complete, START_MS);
    await enrolJudges(network);
    return network;
  } catch (error) {
    await network.stop();
    throw error;
  }
}

/** Gives each miner a level that validates, as an assessor, and a ticket that its owner's stake carries. */
async function enrolJudges(network: Network): Promise<void> {
  const { chain, profile } = network;
  const assessor = networkOwner(network);
  await addAssessor(assessor, assessor.account);
  for (const [address, pid] of network.minerPids()) {
    const node = parseAddress(address);
    const isActive = async () => ((await readNodeLife(chain, node)).state === "active" ? true : undefined);
    await until(`active node ${node}`, isActive, START_MS);
    await assessNode(assessor, { node, level: LEVEL });
    const owner = createChainWriter({ profile, privateKey: keyOf(pid, "MINER_OPERATOR_KEY") });
    await setNodeWeight(owner, { node, weight: TICKETS });
  }
}

/** Gives each guard's owner more stake, so that those of the network stay a quorum whoever joins them. */
export async function stakeMore(network: Network, wei: bigint): Promise<void> {
  const faucet = networkOwner(network);
  for (const pid of network.guardPids()) {
    const owner = createChainWriter({ profile: network.profile, privateKey: keyOf(pid, "GUARD_OPERATOR_KEY") });
    await transferCor(faucet, { to: owner.account, wei });
    await stake(owner, { wei });
  }
}

function keyOf(pid: number, name: string): Hex {
  const key = environmentOf(pid, name);
  if (key === undefined) throw new Error(`process ${pid} has no ${name}`);
  return `0x${key.replace(/^0x/, "")}`;
}

import {
  type GuardSet,
  guardSet,
  guardSetHash,
  judgeSolanaAnswer,
  type SettledTasks,
  SOLANA_GUARDS_MAX,
  SOLANA_SECONDS,
  SOLANA_SETTLE_SECONDS,
  SOLANA_VERDICTS_MAX,
  SOLANA_WORK_SECONDS_MAX,
  type SolanaVerdict,
  type SolanaVerdictsRoot,
  solanaVerdictsRoot,
  type UnixSeconds,
} from "@cortensor/protocol";
import { readSolanaHead, type SolanaCluster } from "../connectSolana.js";
import { solanaKeyToHex } from "../solanaKeys.js";
import type { SolanaHubPlace } from "./hubAddresses.js";
import type { TaskState } from "./hubState.js";
import { listCommits, readHub } from "./readHub.js";

/** What an epoch's root has to be, made from what is final on Solana and from who guards that epoch: everybody makes the same. */
export type MadeVerdicts = {
  /** Those on the most money first. */
  readonly verdicts: readonly SolanaVerdict[];
  /** Of these, the ones whose task still waits for a word. */
  readonly awaited: readonly SolanaVerdict[];
  readonly root: SolanaVerdictsRoot;
  /** Who may take over. */
  readonly next: GuardSet;
};

/**
 * Judges every answer that was committed before an epoch's cut-off and could still be judged there, whatever became of it since. Undefined while the cluster isn't
 * final up to there, or while what was settled can't be read. One that the network hasn't settled waits for a later root, until SOLANA_SETTLE_SECONDS are over: then it is refused. A busier span is cut at SOLANA_VERDICTS_MAX, the most money first: what is left out is paid unopposed.
 */
export async function readVerdicts(
  cluster: SolanaCluster,
  place: SolanaHubPlace,
  of: {
    readonly epoch: number;
    readonly cutOff: UnixSeconds;
    readonly guards: GuardSet;
    /** What the network has settled by the cut-off, of tasks that began after a time. Asked only where there is something to judge. */
    readonly readSettled: (after: UnixSeconds) => Promise<SettledTasks | undefined>;
  },
): Promise<MadeVerdicts | undefined> {
  const { time } = await readSolanaHead(cluster);
  if (time < of.cutOff) return undefined;
  const span = { after: of.cutOff - SOLANA_SECONDS.committed - 1, upTo: of.cutOff - 1 };
  const [tasks, { decimals }] = [await listCommits(cluster, place, span), await readHub(cluster, place)];
  const settled = tasks.length === 0 ? NOTHING : await of.readSettled(span.after - BEFORE_SECONDS);
  if (settled === undefined) return undefined;
  const judged = [...tasks]
    .sort(byMoney)
    .flatMap((task) => {
      const account = solanaKeyToHex(task.address);
      const found = judgeSolanaAnswer({ ...task, account, decimals }, settled);
      const { openedAt, committedAt, resultHash } = task;
      const isLate = of.cutOff - committedAt >= SOLANA_SETTLE_SECONDS;
      const verdict = found === "waiting" && isLate ? "refused" : found;
      return verdict === "waiting" ? [] : [{ task, said: { task: account, openedAt, resultHash, verdict } }];
    })
    .slice(0, SOLANA_VERDICTS_MAX);
  const verdicts = judged.map(({ said }) => said);
  const awaited = judged.flatMap(({ task, said }) => (task.phase === "committed" ? [said] : []));
  const next = hubGuards(of.guards);
  const head = { hub: solanaKeyToHex(place.hub), epoch: of.epoch, nextSetHash: guardSetHash(next) };
  return { verdicts, awaited, root: solanaVerdictsRoot(head, verdicts), next };
}

/** Whoever would crowd out a verdict has to lock as much money, thousands of times. */
function byMoney(left: TaskState, right: TaskState): number {
  if (left.amount !== right.amount) return left.amount > right.amount ? -1 : 1;
  return left.address < right.address ? -1 : 1;
}

/** The longest that lies between a task's opening and its commitment: what was settled before is another's. */
const BEFORE_SECONDS = SOLANA_SECONDS.opened + SOLANA_WORK_SECONDS_MAX;
const NOTHING: SettledTasks = new Map();

/** The guards of a set that a hub takes: those of most stake, then of the lower address. */
export function hubGuards({ epoch, members }: GuardSet): GuardSet {
  const ranked = [...members].sort((left, right) => {
    if (left.stakeWei !== right.stakeWei) return left.stakeWei > right.stakeWei ? -1 : 1;
    return left.guard < right.guard ? -1 : 1;
  });
  return guardSet(epoch, ranked.slice(0, SOLANA_GUARDS_MAX));
}

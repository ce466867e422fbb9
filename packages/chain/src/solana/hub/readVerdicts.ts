import {
  type GuardSet,
  guardSet,
  guardSetHash,
  judgeSolanaAnswer,
  SOLANA_GUARDS_MAX,
  SOLANA_SECONDS,
  SOLANA_VERDICTS_MAX,
  type SolanaVerdict,
  type SolanaVerdictsRoot,
  solanaVerdictsRoot,
  type UnixSeconds,
} from "@cortensor/protocol";
import { readSolanaHead, type SolanaCluster } from "../connectSolana.js";
import { solanaKeyToHex } from "../solanaKeys.js";
import type { SolanaHubPlace } from "./hubAddresses.js";
import { listCommits } from "./readHub.js";

/** What an epoch's root has to be, made from what is final on Solana and from who guards that epoch: everybody makes the same. */
export type MadeVerdicts = {
  readonly verdicts: readonly SolanaVerdict[];
  readonly root: SolanaVerdictsRoot;
  /** Who may take over. */
  readonly next: GuardSet;
};

/**
 * Judges every answer that was committed before an epoch's cut-off and could still be judged there, whatever became of it since. Undefined while the cluster isn't
 * final up to there. A busier span is cut at SOLANA_VERDICTS_MAX, the earliest first: what is left out is paid unopposed.
 */
export async function readVerdicts(
  cluster: SolanaCluster,
  place: SolanaHubPlace,
  of: { readonly epoch: number; readonly cutOff: UnixSeconds; readonly guards: GuardSet },
): Promise<MadeVerdicts | undefined> {
  const { time } = await readSolanaHead(cluster);
  if (time < of.cutOff) return undefined;
  const span = { after: of.cutOff - SOLANA_SECONDS.committed - 1, upTo: of.cutOff - 1 };
  const tasks = await listCommits(cluster, place, span);
  const verdicts = tasks
    .map(({ address, openedAt, committedAt, resultHash, answer }) => {
      const task = solanaKeyToHex(address);
      const verdict = judgeSolanaAnswer({ task, answer, resultHash });
      return { committedAt, said: { task, openedAt, resultHash, verdict } };
    })
    .sort((left, right) => left.committedAt - right.committedAt || (left.said.task < right.said.task ? -1 : 1))
    .slice(0, SOLANA_VERDICTS_MAX)
    .map(({ said }) => said);
  const next = hubGuards(of.guards);
  const head = { hub: solanaKeyToHex(place.hub), epoch: of.epoch, nextSetHash: guardSetHash(next) };
  return { verdicts, root: solanaVerdictsRoot(head, verdicts), next };
}

/** The guards of a set that a hub takes: those of most stake, then of the lower address. */
export function hubGuards({ epoch, members }: GuardSet): GuardSet {
  const ranked = [...members].sort((left, right) => {
    if (left.stakeWei !== right.stakeWei) return left.stakeWei > right.stakeWei ? -1 : 1;
    return left.guard < right.guard ? -1 : 1;
  });
  return guardSet(epoch, ranked.slice(0, SOLANA_GUARDS_MAX));
}

import { createChainReader, epochAt, readHead } from "@cortensor/chain";
import { createGuardReader, type GuardReader } from "@cortensor/node";
import {
  type Address,
  ATTESTATION_KINDS,
  type AttestationKind,
  guardSetHash,
  totalStakeWei,
} from "@cortensor/protocol";
import { systemClock } from "@cortensor/runtime";
import type { CommandContext } from "../commandContext.js";
import { countOf } from "../countOf.js";
import { formatCor } from "../money.js";
import { findNetwork } from "../networkAccess.js";

/** Epochs shown, the one that is being posted first. */
const EPOCHS_SHOWN = 5;
/** Time that a guard has to say that it lives. */
const HEALTH_MS = 2_000;

type ShownGuard = {
  readonly guard: Address;
  readonly stakeWei: bigint;
  readonly endpoint?: string;
  readonly isFrozen: boolean;
  /** Whether it answers at its endpoint, to this machine. */
  readonly answers: boolean;
};

/** Who guards the running epoch, whether they answer, and what was posted of the last epochs. */
export async function showGuards(context: CommandContext, options: { readonly network?: string }): Promise<void> {
  const { profile } = await findNetwork(context, options.network);
  const reader = createChainReader({ profile });
  const chain = createGuardReader(reader, systemClock);
  const { timestamp } = await readHead(reader);
  const epoch = epochAt(profile, timestamp);
  const set = await chain.readGuardSet(epoch);
  const guards = await Promise.all([...(await readGuards(chain, set.members))].map(lookAt));
  const epochs = Array.from({ length: Math.min(EPOCHS_SHOWN, epoch) }, (_, back) => epoch - 1 - back);
  const roots = await Promise.all(epochs.map(async (of) => ({ epoch: of, posted: await readPosted(chain, of) })));
  const stakeWei = totalStakeWei(set);
  const lines = [
    `Epoch   ${epoch}, ${countOf(set.members.length, "guard")}, ${formatCor(stakeWei)} at stake; more than two thirds are a quorum`,
    ...guards.map(formatGuard),
    ...roots.map(({ epoch: of, posted }) => `Roots   epoch ${of}: ${posted.length === 0 ? "none" : posted.join(", ")}`),
  ];
  context.output.result(lines, { epoch, setHash: guardSetHash(set), stakeWei, guards, roots });
}

async function readGuards(
  chain: GuardReader,
  members: readonly { readonly guard: Address; readonly stakeWei: bigint }[],
): Promise<readonly Omit<ShownGuard, "answers">[]> {
  const names = members.map(({ guard }) => guard);
  const [frozen, endpoints] = await Promise.all([chain.readFrozen(names), chain.readGuardEndpoints(names)]);
  return members.map(({ guard, stakeWei }) => {
    const endpoint = endpoints.get(guard);
    return { guard, stakeWei, isFrozen: frozen.has(guard), ...(endpoint === undefined ? {} : { endpoint }) };
  });
}

async function readPosted(chain: GuardReader, epoch: number): Promise<readonly AttestationKind[]> {
  const roots = await Promise.all(ATTESTATION_KINDS.map((kind) => chain.readPosted({ kind, epoch })));
  return ATTESTATION_KINDS.filter((_, index) => roots[index] !== undefined);
}

async function lookAt(guard: Omit<ShownGuard, "answers">): Promise<ShownGuard> {
  const { endpoint } = guard;
  if (endpoint === undefined || !URL.canParse("/health", endpoint)) return { ...guard, answers: false };
  const asked = fetch(new URL("/health", endpoint), { signal: AbortSignal.timeout(HEALTH_MS), redirect: "error" });
  const answers = await asked.then(
    ({ ok }) => ok,
    () => false,
  );
  return { ...guard, answers };
}

function formatGuard({ guard, stakeWei, endpoint, isFrozen, answers }: ShownGuard): string {
  const state = isFrozen ? "frozen: it signed two roots" : answers ? "answers" : "doesn't answer";
  return `Guard   ${guard}: ${formatCor(stakeWei)}, ${endpoint ?? "no endpoint"}, ${state}`;
}

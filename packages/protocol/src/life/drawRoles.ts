import { type DrawWindow, drawRefusal } from "../draw/drawEpoch.js";
import { type DrawSource, drawOrder } from "../draw/drawOrder.js";
import { CREATORS_MAX, PREPARERS_MAX, SCORERS_MAX, type Seat, SOLVERS_MAX } from "../machine/networkTask.js";
import type { Address, Bytes32, UnixSeconds } from "../primitives.js";
import { grantsOf } from "./levelGrants.js";
import { nodeLifeAt } from "./nodeDeadline.js";
import { levelAt, type NodeState } from "./nodeLife.js";
import type { PoolNode } from "./nodePool.js";

/** From being drawn for a task of the network's own until a node may be drawn for the next. */
export const ROLE_COOL_SECONDS = 1_200;
export const MAKERS_DRAW_PURPOSE = 1;
export const JUDGED_DRAW_PURPOSE = 2;

/** Who may have a part in the network's own tasks: whoever is heard of and isn't at a session's service. */
const FREE: readonly NodeState[] = ["active", "assessed", "ephemeral", "released"];

export type RoleCandidate = PoolNode & {
  /** When it was drawn last; 0 for never. */
  readonly drawnAtSeconds: UnixSeconds;
  /** Of its next task: see `nextDifficulty`. */
  readonly difficulty: number;
};

/** What both draws of a task need. */
export type RoleDraw = {
  readonly beacon: Bytes32;
  readonly taskId: Bytes32;
  readonly window: DrawWindow;
  readonly nowSeconds: UnixSeconds;
};

/** Creators and preparers, in the order of their turns: by turns from one draw, no two of one owner. Undefined out of the draw's window. */
export function drawMakers(
  candidates: readonly RoleCandidate[],
  draw: RoleDraw,
): { readonly creators: readonly Seat[]; readonly preparers: readonly Seat[] } | undefined {
  if (drawRefusal(draw.window, draw.nowSeconds) !== undefined) return undefined;
  const able = eligible(candidates, draw).filter(({ level }) => grantsOf(level).mayCreate);
  const seats = apart(inOrder(able, draw, MAKERS_DRAW_PURPOSE), new Set()).slice(0, CREATORS_MAX + PREPARERS_MAX);
  return {
    creators: seats.filter((_, index) => index % 2 === 0),
    preparers: seats.filter((_, index) => index % 2 === 1),
  };
}

/**
 * Scorers, then solvers of the task's difficulty, from the beacon of an epoch that began after the questions were fixed: who made them couldn't know for
 * whom. No two of one owner, and none of `makers`' owners. Undefined out of the draw's window.
 */
export function drawJudged(
  candidates: readonly RoleCandidate[],
  draw: RoleDraw & { readonly makers: readonly Seat[]; readonly difficulty: number },
): { readonly solvers: readonly Seat[]; readonly scorers: readonly Seat[] } | undefined {
  if (drawRefusal(draw.window, draw.nowSeconds) !== undefined) return undefined;
  const order = inOrder(eligible(candidates, draw), draw, JUDGED_DRAW_PURPOSE);
  const taken = new Set(draw.makers.map(({ owner }) => owner));
  const able = order.filter(({ level }) => grantsOf(level).mayValidate);
  const scorers = apart(able, taken).slice(0, SCORERS_MAX);
  const asked = order.filter(({ difficulty }) => difficulty === draw.difficulty);
  const solvers = apart(asked, new Set([...taken, ...scorers.map(({ owner }) => owner)])).slice(0, SOLVERS_MAX);
  return { solvers, scorers };
}

type Able = RoleCandidate & { readonly level: number };

/** Free, heard of since before the draw's candidates were fixed, and not drawn a moment ago. */
function eligible(candidates: readonly RoleCandidate[], { window, nowSeconds }: RoleDraw): readonly Able[] {
  return candidates.flatMap((candidate) => {
    const life = nodeLifeAt(candidate.life, nowSeconds);
    const isFixed = life.activeSinceSeconds > 0 && life.activeSinceSeconds < window.fixedAtSeconds;
    const { drawnAtSeconds } = candidate;
    const isCool = drawnAtSeconds === 0 || drawnAtSeconds + ROLE_COOL_SECONDS <= window.opensSeconds;
    if (!FREE.includes(life.state) || !isFixed || !isCool) return [];
    return [{ ...candidate, level: levelAt(life, nowSeconds) }];
  });
}

function inOrder(able: readonly Able[], { beacon, taskId }: RoleDraw, purpose: number): readonly Able[] {
  const source: DrawSource = { beacon, subject: taskId, purpose };
  return drawOrder(able, source);
}

/** The seats of a draw: of each owner the first, and none of the owners that are taken. */
function apart(order: readonly Able[], taken: ReadonlySet<Address>): readonly Seat[] {
  const owners = new Set(taken);
  return order.flatMap(({ node, owner }) => {
    if (owners.has(owner)) return [];
    owners.add(owner);
    return [{ node, owner }];
  });
}

import { drawRefusal, drawWindow, type EpochClock } from "../draw/drawEpoch.js";
import type { DrawCandidate } from "../draw/drawOrder.js";
import { drawOrder } from "../draw/drawOrder.js";
import { LEVEL_MAX } from "../limits.js";
import { isSecond, isWhole, refused, type Step } from "../machine/step.js";
import type { Address, Bytes32, UnixSeconds } from "../primitives.js";
import { nextNodeState } from "./nextNodeState.js";
import { nodeLifeAt } from "./nodeDeadline.js";
import type { NodeLife } from "./nodeLife.js";

/** Most nodes of one reservation: as many as a session may have. */
export const RESERVE_NODES_MAX = 1_024;
/** The purpose of a reservation's draw. Those of network tasks are others. */
export const POOL_DRAW_PURPOSE = 0;

/** A node as the pool knows it. */
export type PoolNode = DrawCandidate & { readonly life: NodeLife };

/** What a session asks of the pool. Posted first; drawn two epochs later, when nobody can change any more who may be drawn. */
export type ReserveRequest = {
  /** The session's account. */
  readonly session: number;
  /** Of this request alone. */
  readonly subject: Bytes32;
  readonly requestedEpoch: number;
  readonly nodesMin: number;
  readonly nodesMax: number;
  readonly levelMin: number;
  readonly periodSeconds: number;
  /** 0: not counted. */
  readonly tasksMax: number;
};

export const POOL_REFUSALS = ["outOfRange", "drawEarly", "drawLate", "tooFew"] as const;
export type PoolRefusal = (typeof POOL_REFUSALS)[number];

export type Reserved = {
  /** The pool afterwards, in its order. */
  readonly pool: readonly PoolNode[];
  /** Who was drawn, in order. */
  readonly drawn: readonly Address[];
};

/**
 * Draws a session's nodes and reserves them: as many as are there up to `nodesMax`, or none when they are fewer than `nodesMin`. A node may be drawn
 * when it is in the pool at `nowSeconds`, has been in it since before the request's epoch ended, and has the level.
 */
export function reserveNodes(
  pool: readonly PoolNode[],
  request: ReserveRequest,
  at: { readonly beacon: Bytes32; readonly clock: EpochClock; readonly nowSeconds: UnixSeconds },
): Step<Reserved, PoolRefusal> {
  const { beacon, clock, nowSeconds } = at;
  if (!isSecond(nowSeconds) || !isRequest(request)) return refused("outOfRange");
  const window = drawWindow(request.requestedEpoch, clock);
  const untimely = drawRefusal(window, nowSeconds);
  if (untimely !== undefined) return refused(untimely);
  const source = { beacon, subject: request.subject, purpose: POOL_DRAW_PURPOSE };
  const candidates = pool.filter(({ life }) => mayBeDrawn(life, { ...request, ...window, nowSeconds }));
  if (candidates.length < request.nodesMin) return refused("tooFew");
  const drawn = drawOrder(candidates, source)
    .slice(0, request.nodesMax)
    .map(({ node }) => node);
  const after = pool.map((each) => (drawn.includes(each.node) ? reserve(each, request, nowSeconds) : each));
  if (after.includes(undefined)) return refused("outOfRange");
  return { kind: "moved", state: { pool: after.filter((each) => each !== undefined), drawn } };
}

/** The nodes that are reserved for a session at a second. */
export function nodesReservedFor(
  pool: readonly PoolNode[],
  session: number,
  nowSeconds: UnixSeconds,
): readonly Address[] {
  return pool
    .filter(({ life }) => nodeLifeAt(life, nowSeconds).reservation?.session === session)
    .map(({ node }) => node);
}

function mayBeDrawn(
  life: NodeLife,
  of: { readonly levelMin: number; readonly fixedAtSeconds: UnixSeconds; readonly nowSeconds: UnixSeconds },
): boolean {
  const now = nodeLifeAt(life, of.nowSeconds);
  return now.state === "ephemeral" && now.sinceSeconds < of.fixedAtSeconds && now.level >= of.levelMin;
}

/** Undefined when the reservation's figures are none that a node takes. */
function reserve(each: PoolNode, request: ReserveRequest, nowSeconds: UnixSeconds): PoolNode | undefined {
  const step = nextNodeState(each.life, { kind: "reserve", by: "pool", ...request }, nowSeconds);
  return step.kind === "moved" ? { ...each, life: step.state } : undefined;
}

function isRequest({ requestedEpoch, nodesMin, nodesMax, levelMin }: ReserveRequest): boolean {
  return (
    isWhole(requestedEpoch, 0, 2 ** 32 - 1) &&
    isWhole(nodesMin, 1, RESERVE_NODES_MAX) &&
    isWhole(nodesMax, nodesMin, RESERVE_NODES_MAX) &&
    isWhole(levelMin, 0, LEVEL_MAX)
  );
}

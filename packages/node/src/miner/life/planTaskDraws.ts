import {
  type Bytes32,
  DRAW_EPOCHS_AHEAD,
  type DrawWindow,
  drawWindow,
  hexToBytes,
  JUDGED_DRAW_PURPOSE,
  keccak256,
  lowestTicket,
  MAKERS_DRAW_PURPOSE,
  nodeLifeAt,
  ROLE_COOL_SECONDS,
  utf8ToBytes,
} from "@cortensor/protocol";
import { claimSecond, drawSecond, halfOf, keptTicket, type WatchedTask } from "../../host/index.js";
import { chooseParts, isFree, isHeardBefore, wantsLevel } from "./chooseParts.js";
import type { LifeView, PlannedAct } from "./lifeView.js";

/** The draw that a task waits for; undefined while it waits for none. */
export function drawOf({ seated, requestedEpoch, preparedEpoch }: WatchedTask, view: LifeView): DrawWindow | undefined {
  if (seated === undefined) return drawWindow(requestedEpoch, clockOf(view));
  return seated.phase === "prepared" && preparedEpoch !== undefined
    ? drawWindow(preparedEpoch, clockOf(view))
    : undefined;
}

/** Puts the node into the draws of tasks that it can have a part in, and has those draws made. */
export function planTaskDraws(view: LifeView): readonly PlannedAct[] {
  return view.tasks.flatMap((task) => {
    const window = drawOf(task, view);
    const beacon = window && view.beacons.get(window.epoch);
    return window === undefined || beacon === undefined ? [] : planDraw(view, { task, window, beacon });
  });
}

function planDraw(
  view: LifeView,
  draw: { readonly task: WatchedTask; readonly window: DrawWindow; readonly beacon: Bytes32 },
): readonly PlannedAct[] {
  const { task, window, beacon } = draw;
  const { self, weight } = view;
  const { taskId } = task;
  const isFirst = task.seated === undefined;
  const purpose = isFirst ? MAKERS_DRAW_PURPOSE : JUDGED_DRAW_PURPOSE;
  const ticket = lowestTicket({ node: self, weight }, { beacon, subject: taskId, purpose });
  const claims = task.claims.filter(({ role }) => (role === "maker") === isFirst);
  const planned: PlannedAct[] = [];
  if (mayBeDrawn(view, window)) {
    for (const { role, enough } of chooseParts(view, task)) {
      const others = claims.filter((claim) => claim.role === role);
      const isIn = others.some(({ node }) => node === self);
      const lower = others.filter((claim) => claim.ticket < keptTicket(ticket)).length;
      if (isIn || lower >= enough) continue;
      const times = { atSeconds: claimSecond(window, ticket), untilSeconds: halfOf(window) };
      planned.push({ act: { kind: "claim", taskId, role }, ...times });
    }
  }
  const isFull = isFirst
    ? claims.length > 1
    : ["scorer", "solver"].every((role) => claims.some((one) => one.role === role));
  if (isFull && claims.some(({ node }) => node === self)) {
    const times = { atSeconds: drawSecond(window, ticket), untilSeconds: window.closesSeconds };
    planned.push({ act: { kind: isFirst ? "open" : "start", taskId }, ...times });
  }
  return planned;
}

/** Asks for a task where the node needs one and none that it could solve is under way. */
export function planRequest(view: LifeView): readonly PlannedAct[] {
  const { nowSeconds, times, difficulty, tasks, topics, self } = view;
  if (!isFree(view) || topics.length === 0 || wantsLevel(view) === "no") return [];
  const epoch = Math.floor((nowSeconds - times.t0) / times.epochSeconds);
  if (epoch < 0 || !isCoolBy(view, drawWindow(epoch, clockOf(view)).opensSeconds)) return [];
  const isComing = tasks.some((task) => task.difficulty === difficulty && mayStillSolve(view, task));
  if (isComing) return [];
  // Not all at once: who comes later sees what was asked for.
  const word = keccak256(new Uint8Array([...utf8ToBytes(`${epoch}`), ...hexToBytes(self)]));
  const delay = Math.floor((Number(BigInt(word) >> 224n) / 2 ** 32) * (times.epochSeconds / 2));
  const startsAt = times.t0 + epoch * times.epochSeconds;
  return [{ act: { kind: "request", difficulty, epoch }, atSeconds: startsAt + delay }];
}

/** Whether the second draw of a task is still to come, and of one that this node could be in. */
function mayStillSolve(view: LifeView, task: WatchedTask): boolean {
  const { seated } = task;
  if (seated === undefined) return true;
  const isBefore = seated.phase === "requested" || seated.phase === "created" || seated.phase === "prepared";
  const isOwn = seated.phase === "requested" || view.topics.some(({ topicHash }) => topicHash === seated.topicHash);
  return (isBefore && isOwn) || seated.solvers.includes(view.self);
}

/** Heard of without a break since before the draw's candidates were fixed, free, verified, and not drawn a moment ago. */
function mayBeDrawn(view: LifeView, window: DrawWindow): boolean {
  const life = nodeLifeAt(view.life, view.nowSeconds);
  const isThere = isHeardBefore(life, window.fixedAtSeconds) && isFree(view);
  return isThere && view.registry.isVerified && isCoolBy(view, window.opensSeconds);
}

function isCoolBy({ drawnAtSeconds }: LifeView, seconds: number): boolean {
  return drawnAtSeconds === 0 || drawnAtSeconds + ROLE_COOL_SECONDS <= seconds;
}

function clockOf({ times }: LifeView): { readonly t0Seconds: number; readonly epochSeconds: number } {
  return { t0Seconds: times.t0, epochSeconds: times.epochSeconds };
}

/** Epochs whose beacons decide the draws that tasks and sessions wait for. */
export function drawEpochs(view: Pick<LifeView, "tasks" | "asks">): ReadonlySet<number> {
  const asked = [
    ...view.asks.map(({ requestedEpoch }) => requestedEpoch),
    ...view.tasks.map(({ seated, requestedEpoch, preparedEpoch }) =>
      seated === undefined ? requestedEpoch : preparedEpoch,
    ),
  ];
  return new Set(asked.flatMap((epoch) => (epoch === undefined ? [] : [epoch + DRAW_EPOCHS_AHEAD])));
}

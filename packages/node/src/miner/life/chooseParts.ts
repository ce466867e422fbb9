import type { TaskRole } from "@cortensor/chain";
import {
  type Bytes32,
  grantsOf,
  hexToBytes,
  keccak256,
  levelAt,
  type NodeLife,
  type NodeState,
  nodeLifeAt,
  questionsOf,
  SCORERS_MAX,
  SOLVERS_MAX,
} from "@cortensor/protocol";
import type { WatchedTask } from "../../host/index.js";
import type { LifeView } from "./lifeView.js";

/** From one look at a node's level to the next that it asks for: eight a day, so that the tasks that a level rests on are a day or so old. */
export const LOOK_AGAIN_SECONDS: number = 3 * 3_600;
/** Who may have a part in the network's own tasks. */
const FREE: readonly NodeState[] = ["active", "assessed", "ephemeral", "released"];
/** States out of which only a level leads. */
const UNFOUND: readonly NodeState[] = ["active", "released"];
/** Lower tickets in the list of makers after which one that may also score stays out: scorers are few, and who makes a task can't score it. */
const MAKERS_BESIDE_SCORERS = 2;
/** The same for one that can't score: as many as are seated. */
const MAKERS_ALONE = 6;
/** Part of the time that scoring may take that it is planned to take at most. */
const SCORE_SHARE = 0.5;
const SCORE_SECONDS = 600;

/** Whether a node may have a part at all now. */
export function isFree({ life, nowSeconds }: Pick<LifeView, "life" | "nowSeconds">): boolean {
  return FREE.includes(nodeLifeAt(life, nowSeconds).state);
}

/** Whether a node has its level found now: at once where nothing goes on without one, else now and then. */
export function wantsLevel(view: Pick<LifeView, "life" | "nowSeconds" | "assessedAtSeconds">): "now" | "soon" | "no" {
  const { state } = nodeLifeAt(view.life, view.nowSeconds);
  if (UNFOUND.includes(state)) return "now";
  return view.nowSeconds >= view.assessedAtSeconds + LOOK_AGAIN_SECONDS ? "soon" : "no";
}

/**
 * Whether a node would solve this task, not help with it. One that only wants its level looked at again does so with every other task, so that
 * nodes that all want that at once still have makers and scorers among them.
 */
export function isSolverOf(
  view: LifeView,
  { taskId, difficulty }: Pick<WatchedTask, "taskId" | "difficulty">,
): boolean {
  const wants = wantsLevel(view);
  if (wants === "no" || difficulty !== view.difficulty) return false;
  return wants === "now" || isEven(keccak256(hexToBytes(`${taskId}${view.self.slice(2)}`)));
}

/**
 * In which part a node puts itself into a task's next draw, and how many lower tickets make it superfluous there. One that can do nothing until its level is found takes no part
 * in what others asked for: it would have to rest afterwards, while its own task is drawn.
 */
export function chooseParts(
  view: LifeView,
  task: WatchedTask,
): readonly { readonly role: TaskRole; readonly enough: number }[] {
  const life = nodeLifeAt(view.life, view.nowSeconds);
  const { mayCreate, mayValidate } = grantsOf(levelAt(life, view.nowSeconds));
  const isSolver = isSolverOf(view, task);
  if (!isSolver && wantsLevel(view) === "now") return [];
  if (task.seated === undefined) {
    if (!mayCreate || view.topics.length === 0 || isSolver) return [];
    return [{ role: "maker", enough: mayValidate ? MAKERS_BESIDE_SCORERS : MAKERS_ALONE }];
  }
  const { topicHash } = task.seated;
  const topic = view.topics.find((one) => one.topicHash === topicHash);
  if (topic === undefined) return [];
  const isInTime = scoreSeconds(task.difficulty, topic.tokensPerSecond) <= SCORE_SECONDS * SCORE_SHARE;
  const mayScore = mayValidate && isInTime;
  if (isSolver && !(mayScore && isMissed(view, task))) return [{ role: "solver", enough: SOLVERS_MAX }];
  return mayScore ? [{ role: "scorer", enough: SCORERS_MAX }] : [];
}

/** Whether a node that could wait for its level is needed to score: nobody else has put itself in for that, or it has. Without a scorer a task says nothing of anyone. */
function isMissed(view: LifeView, { claims }: WatchedTask): boolean {
  if (wantsLevel(view) === "now") return false;
  const scorers = claims.filter(({ role }) => role === "scorer");
  return scorers.length === 0 || scorers.some(({ node }) => node === view.self);
}

/** What scoring takes at most: the answers of every solver, made again. */
function scoreSeconds(difficulty: number, tokensPerSecond: number): number {
  return (questionsOf(difficulty).tokens * SOLVERS_MAX) / Math.max(tokensPerSecond, Number.EPSILON);
}

function isEven(word: Bytes32): boolean {
  return BigInt(word) % 2n === 0n;
}

/** Since when a node may be drawn again, and whether it was there early enough for draws whose candidates were fixed at a second. */
export function isHeardBefore({ activeSinceSeconds }: NodeLife, fixedAtSeconds: number): boolean {
  return activeSinceSeconds > 0 && activeSinceSeconds < fixedAtSeconds;
}

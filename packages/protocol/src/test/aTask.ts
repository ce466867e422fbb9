import { keccak256, utf8ToBytes } from "../bytes.js";
import { type NetworkTask, requestNetworkTask, type Seat } from "../machine/networkTask.js";
import { type NetworkEvent, nextNetworkTask } from "../machine/nextNetworkTask.js";
import { nextSessionTask, type SessionEvent } from "../machine/nextSessionTask.js";
import { precommitHash } from "../machine/precommit.js";
import { enqueueTask, type SessionTask } from "../machine/sessionTask.js";
import type { Address, Bytes32 } from "../primitives.js";

export const aWord = (text: string): Bytes32 => keccak256(utf8ToBytes(text));
export const anAddress = (text: string): Address => aWord(text).slice(0, 42) as Address;
export const aSeat = (text: string): Seat => ({ node: anAddress(text), owner: anAddress(`owner of ${text}`) });

export const DOMAIN = { chainId: 31_337, contract: anAddress("contract") };
export const TASK_ID = aWord("task");
export const SOLVERS: readonly Seat[] = ["solver 0", "solver 1", "solver 2"].map(aSeat);
export const SCORERS: readonly Seat[] = ["scorer 0", "scorer 1", "scorer 2"].map(aSeat);

/** A miner's salt and result, and the precommit to them. */
export function aWork(miner: Address): {
  readonly resultHash: Bytes32;
  readonly salt: Bytes32;
  readonly hash: Bytes32;
} {
  const [resultHash, salt] = [aWord(`result of ${miner}`), aWord(`salt of ${miner}`)];
  return { resultHash, salt, hash: precommitHash({ ...DOMAIN, taskId: TASK_ID, miner, salt, resultHash }) };
}

export function aNetworkTask(nowSeconds: number): NetworkTask {
  const seats = { creators: ["creator 0", "creator 1"].map(aSeat), preparers: ["preparer 0", "preparer 1"].map(aSeat) };
  const step = requestNetworkTask({ taskId: TASK_ID, domain: DOMAIN, difficulty: 3, ...seats, nowSeconds });
  if (step.kind === "refused") throw new Error(step.refusal);
  return step.state;
}

export function aSessionTask(nowSeconds: number, redundancy = 3): SessionTask {
  const parties = { client: anAddress("client"), assigner: anAddress("router") };
  const step = enqueueTask({ taskId: TASK_ID, domain: DOMAIN, ...parties, redundancy, workSeconds: 300, nowSeconds });
  if (step.kind === "refused") throw new Error(step.refusal);
  return step.state;
}

/** A task after events that it takes, all at one second. */
export function networkAfter(task: NetworkTask, events: readonly NetworkEvent[], nowSeconds: number): NetworkTask {
  return events.reduce((now, event) => {
    const step = nextNetworkTask(now, event, nowSeconds);
    if (step.kind === "refused") throw new Error(`${event.kind} while ${now.phase}: ${step.refusal}`);
    return step.state;
  }, task);
}

export function sessionAfter(task: SessionTask, events: readonly SessionEvent[], nowSeconds: number): SessionTask {
  return events.reduce((now, event) => {
    const step = nextSessionTask(now, event, nowSeconds);
    if (step.kind === "refused") throw new Error(`${event.kind} while ${now.phase}: ${step.refusal}`);
    return step.state;
  }, task);
}

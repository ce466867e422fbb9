import { nextNodeState } from "../life/nextNodeState.js";
import type { NodeEvent, NodeEventBody, NodeEventKind } from "../life/nodeEvent.js";
import { NODE_EVENT_RULES } from "../life/nodeEvent.js";
import { type NodeLife, UNREGISTERED } from "../life/nodeLife.js";

const DAY = 86_400;

/** An event from whoever may send it. */
export function anEvent<Kind extends NodeEventKind>(body: NodeEventBody & { readonly kind: Kind }): NodeEvent {
  return { ...body, by: NODE_EVENT_RULES[body.kind].by };
}

/** The life after an event that it takes. */
export function after(life: NodeLife, event: NodeEvent | { readonly kind: "expire" }, nowSeconds: number): NodeLife {
  const step = nextNodeState(life, event, nowSeconds);
  if (step.kind === "refused") throw new Error(`${event.kind} in ${life.state}: ${step.refusal}`);
  return step.state;
}

/** A node that pings since a second, verified for a month. */
export function anActiveLife(nowSeconds: number): NodeLife {
  const registered = after(UNREGISTERED, anEvent({ kind: "register" }), nowSeconds);
  const verified = after(registered, anEvent({ kind: "verify", untilSeconds: nowSeconds + 30 * DAY }), nowSeconds);
  return after(verified, anEvent({ kind: "ping" }), nowSeconds);
}

/** A node in the pool since a second. */
export function aLifeInPool(nowSeconds: number, level = 5): NodeLife {
  const assessed = after(anActiveLife(nowSeconds), anEvent({ kind: "assess", level }), nowSeconds);
  return after(assessed, anEvent({ kind: "enterPool" }), nowSeconds);
}

/** A node that a session has reserved at a second. */
export function aReservedLife(
  nowSeconds: number,
  terms: { readonly periodSeconds: number; readonly tasksMax: number },
): NodeLife {
  return after(aLifeInPool(nowSeconds), anEvent({ kind: "reserve", session: 7, ...terms }), nowSeconds);
}

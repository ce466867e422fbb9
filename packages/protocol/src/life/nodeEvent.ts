import type { UnixSeconds } from "../primitives.js";
import type { NodeState } from "./nodeLife.js";

/** In what part somebody acts on a node. Who has which part, the contract that is asked knows. */
export const NODE_SENDERS = ["owner", "node", "verifier", "registry", "assessor", "pool", "session"] as const;
export type NodeSender = (typeof NODE_SENDERS)[number];

/** What can happen to a node. */
export type NodeEvent = { readonly by: NodeSender } & NodeEventBody;
export type NodeEventBody =
  | { readonly kind: "register" }
  | { readonly kind: "verify"; readonly untilSeconds: UnixSeconds }
  /** Its keys or its kernel class changed, or who vouched for it counts no more. */
  | { readonly kind: "unverify" }
  | { readonly kind: "ping" }
  /** A level was found. */
  | { readonly kind: "assess"; readonly level: number }
  | { readonly kind: "enterPool" }
  | { readonly kind: "leavePool" }
  | {
      readonly kind: "reserve";
      readonly session: number;
      readonly periodSeconds: number;
      /** 0: not counted. */
      readonly tasksMax: number;
    }
  | { readonly kind: "beginTask"; readonly session: number }
  | { readonly kind: "endTask"; readonly session: number }
  | { readonly kind: "release"; readonly session: number }
  | { readonly kind: "dedicate" }
  | { readonly kind: "undedicate" }
  | { readonly kind: "leave" };
export type NodeEventKind = NodeEventBody["kind"];

const HEARD_OF: readonly NodeState[] = ["active", "assessed", "ephemeral", "reserved", "released", "dedicated"];

/** Who may send each event, in which states, and the states that can follow; `same` is the one that it was. */
export type NodeEventRule = {
  readonly by: NodeSender;
  readonly from: readonly NodeState[];
  readonly to: readonly (NodeState | "same")[];
};

export const NODE_EVENT_RULES: Readonly<Record<NodeEventKind, NodeEventRule>> = {
  register: { by: "owner", from: ["unregistered"], to: ["registered"] },
  verify: { by: "verifier", from: ["registered", "verified", ...HEARD_OF, "silent"], to: ["verified", "same"] },
  unverify: { by: "registry", from: ["verified", ...HEARD_OF, "silent"], to: ["registered"] },
  ping: { by: "node", from: ["verified", ...HEARD_OF, "silent"], to: ["active", "same"] },
  assess: {
    by: "assessor",
    from: ["active", "assessed", "ephemeral", "released", "dedicated"],
    to: ["active", "assessed", "same"],
  },
  enterPool: { by: "node", from: ["assessed"], to: ["ephemeral"] },
  leavePool: { by: "node", from: ["ephemeral"], to: ["assessed"] },
  reserve: { by: "pool", from: ["ephemeral"], to: ["reserved"] },
  beginTask: { by: "session", from: ["reserved"], to: ["same"] },
  endTask: { by: "session", from: ["reserved"], to: ["released", "same"] },
  release: { by: "session", from: ["reserved"], to: ["released"] },
  dedicate: { by: "owner", from: ["active", "assessed"], to: ["dedicated"] },
  undedicate: { by: "owner", from: ["dedicated"], to: ["active"] },
  leave: { by: "owner", from: ["registered", "verified", ...HEARD_OF, "silent"], to: ["left"] },
};
export const NODE_EVENT_KINDS = Object.keys(NODE_EVENT_RULES) as readonly NodeEventKind[];

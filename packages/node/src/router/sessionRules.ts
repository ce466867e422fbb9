import type { CompleteSessionParams } from "@cortensor/chain";
import { type Address, type Bytes32, type SessionTerms, serviceLevelOf, ZERO_BYTES32 } from "@cortensor/protocol";
import type { Binding } from "./bindOffers.js";

/** What a session asks for that has no price: who may serve it, how often, and with which model. In its own words. */
export type SessionRules = Pick<
  CompleteSessionParams,
  | "mode"
  | "minNumOfNodes"
  | "maxNumOfNodes"
  | "reserveEphemeralNodes"
  | "modelIdentifier"
  | "maxTaskExecutionCount"
  | "engine"
  | "auditMode"
> & { readonly dedicatedNodes: readonly Address[] };

/** A session that takes whoever there is. */
export const PLAIN_RULES: SessionRules = {
  mode: "ephemeral",
  dedicatedNodes: [],
  minNumOfNodes: 1,
  maxNumOfNodes: 1_024,
  reserveEphemeralNodes: false,
  modelIdentifier: ZERO_BYTES32,
  maxTaskExecutionCount: 0,
  engine: "proved",
  auditMode: "none",
};

/** Rules that can't be kept yet: nodes aren't taken out of the pool, and nothing is audited. */
export function unkeptRules({ reserveEphemeralNodes, auditMode }: SessionRules): readonly string[] {
  const named: string[] = [];
  if (reserveEphemeralNodes) named.push("'reserveEphemeralNodes' true");
  if (auditMode !== "none") named.push(`'auditMode' ${auditMode}`);
  return named;
}

/** Whether a session takes a model: its own, or any. */
export function takesModel({ modelIdentifier }: SessionRules, modelId: Bytes32): boolean {
  return modelIdentifier === ZERO_BYTES32 || modelIdentifier === modelId;
}

/** Which miners a session takes, from its rules and its level. */
export function bindingOf(rules: SessionRules, { sla }: Pick<SessionTerms, "sla">): Binding {
  return {
    mode: rules.mode,
    dedicated: new Set(rules.mode === "ephemeral" ? [] : rules.dedicatedNodes),
    levelMin: serviceLevelOf(sla)?.nodeLevelMin ?? 0,
    takesUnscored: rules.engine === "any",
    nodesMin: rules.minNumOfNodes,
    nodesMax: rules.maxNumOfNodes,
  };
}

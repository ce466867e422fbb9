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

/** Rules that can't be kept yet: nothing is audited. */
export function unkeptRules({ auditMode }: Pick<SessionRules, "auditMode">): readonly string[] {
  return auditMode === "none" ? [] : [`'auditMode' ${auditMode}`];
}

/** Whether a session takes a model: its own, or any. */
export function takesModel({ modelIdentifier }: SessionRules, modelId: Bytes32): boolean {
  return modelIdentifier === ZERO_BYTES32 || modelIdentifier === modelId;
}

/** Which miners an account's session takes, from its rules and its level. */
export function bindingOf(account: number, rules: SessionRules, { sla }: Pick<SessionTerms, "sla">): Binding {
  return {
    mode: rules.mode,
    account,
    reserves: rules.reserveEphemeralNodes,
    dedicated: new Set(rules.mode === "ephemeral" ? [] : rules.dedicatedNodes),
    levelMin: serviceLevelOf(sla)?.nodeLevelMin ?? 0,
    takesUnscored: rules.engine === "any",
    nodesMin: rules.minNumOfNodes,
    nodesMax: rules.maxNumOfNodes,
  };
}

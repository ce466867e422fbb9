import type { CompleteSessionParams } from "@cortensor/chain";
import {
  type Address,
  type Bytes32,
  type SealAudit,
  type SessionTerms,
  serviceLevelOf,
  ZERO_BYTES32,
} from "@cortensor/protocol";
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

/** How a sealed ask is audited: as its session says, or, where that says nothing of it, as the ask does. */
export function auditOf({ auditMode }: Pick<SessionRules, "auditMode">, asked: SealAudit | undefined): SealAudit {
  return auditMode === "none" ? (asked ?? "none") : auditMode;
}

/**
 * Rules that can't be kept, by name. `sealed`: an ask whose answer is audited by its own mode, which may not be another than its session's. Open answers have
 * duties, and no audit mode beside them. A private session's mode is what its network's plan allows: an ask can't add to it.
 */
export function unkeptRules(
  rules: Pick<SessionRules, "auditMode">,
  work: { readonly isSealed: boolean; readonly isPrivate: boolean; readonly asked: SealAudit | undefined },
): readonly string[] {
  const { auditMode } = rules;
  const { isSealed, isPrivate, asked } = work;
  if (!isSealed) return auditMode === "none" ? [] : [`'auditMode' ${auditMode}`];
  const audit = isPrivate ? auditMode : auditOf(rules, asked);
  if (asked !== undefined && asked !== audit) return [`'audit' ${asked} beside its 'auditMode' ${auditMode}`];
  return [];
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

import { PROOF_LABELS, type ProofLabel } from "@cortensor/protocol";
import { WORK, type WorkKind, type WorkRow } from "./workKinds.js";

/** What can be said of an answer of several kinds at once: for each question the weakest of them. */
export type WorkProof = Pick<WorkRow, "check" | "dispute" | "maySlash" | "label"> & {
  /** The kinds that the label is owed to. */
  readonly because: readonly WorkKind[];
};

/** From the strongest to the weakest. */
const CHECKS = ["margin", "recompute", "distance", "none"] as const satisfies readonly WorkRow["check"][];
const DISPUTES = ["replay", "recompute", "statistics", "none"] as const satisfies readonly WorkRow["dispute"][];

/** Of no kinds at all nothing can be said. */
export function proofOfWork(kinds: readonly WorkKind[]): WorkProof {
  const rows = kinds.map((kind) => WORK[kind]);
  const label = weakest<ProofLabel>(
    PROOF_LABELS,
    rows.map((row) => row.label),
  );
  return {
    check: weakest(
      CHECKS,
      rows.map((row) => row.check),
    ),
    dispute: weakest(
      DISPUTES,
      rows.map((row) => row.dispute),
    ),
    maySlash: rows.length > 0 && rows.every((row) => row.maySlash),
    label,
    because: kinds.filter((kind) => WORK[kind].label === label),
  };
}

function weakest<Value>(order: readonly Value[], values: readonly Value[]): Value {
  const places = values.map((value) => order.indexOf(value));
  const place = values.length === 0 ? order.length - 1 : Math.max(...places);
  return order[place] as Value;
}

import { encodeBodyDocument, encodeReceiptDocument, encodeResultProof } from "@cortensor/protocol";
import type { TaskView } from "./caseDesk.js";

/** A task's evidence as validators and judges read it. */
export function taskJson({ document, bodies, missing, proofs }: TaskView) {
  return {
    receipt: encodeReceiptDocument(document),
    bodies: bodies.map(encodeBodyDocument),
    missing,
    proofs: proofs.map(encodeResultProof),
  };
}

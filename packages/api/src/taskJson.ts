import { encodeBodyDocument, encodeReceiptDocument, encodeResultProof, sealedSampleSchema } from "@cortensor/protocol";
import { z } from "zod";
import type { TaskView } from "./caseDesk.js";

/** A task's evidence as validators and judges read it. */
export function taskJson({ document, bodies, missing, proofs, sealed }: TaskView) {
  return {
    receipt: encodeReceiptDocument(document),
    bodies: bodies.map(encodeBodyDocument),
    missing,
    proofs: proofs.map(encodeResultProof),
    ...(sealed === undefined ? {} : { sealed: z.encode(sealedSampleSchema, sealed) }),
  };
}

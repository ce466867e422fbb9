import { ProofError } from "../proofError.js";

/** The JSON of a file that measurements are kept in. Throws PROOF_BAD_CALIBRATION. */
export function calibrationJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badCalibration(["not JSON"]);
  }
}

export function badCalibration(issues: readonly string[]): ProofError {
  return new ProofError({ code: "PROOF_BAD_CALIBRATION", issues });
}

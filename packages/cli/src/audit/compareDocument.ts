import type { Differences } from "@cortensor/books";
import type { NetworkProfile } from "@cortensor/chain";
import {
  type DutyShow,
  decodeVerdictDocument,
  guardsDomain,
  hasCode,
  isSignedDocument,
  type ShownVerdict,
  type VerdictDocument,
  verdictDocumentCid,
} from "@cortensor/protocol";

/** A document of verdicts beside what its validator showed on chain. */
export function compareDocument(
  bytes: Uint8Array,
  of: {
    readonly profile: Pick<NetworkProfile, "chainId"> & {
      readonly addresses: Pick<NetworkProfile["addresses"], "attestations">;
    };
    readonly epoch: number;
    readonly show: DutyShow;
    /** That count by the chain. */
    readonly verdicts: readonly ShownVerdict[];
    readonly differences: Differences;
  },
): void {
  const { profile, epoch, show, verdicts, differences } = of;
  const { validator, documentCid } = show;
  const where = `verdicts of ${validator}, epoch ${epoch}`;
  const found = verdictDocumentCid(bytes);
  if (found !== documentCid) {
    differences.add("verdictsTampered", { where, expected: documentCid, found });
    return;
  }
  const document = decode(bytes);
  if (document === undefined) {
    differences.add("verdictsMalformed", {
      where,
      expected: "a document of verdicts",
      found: `${bytes.length} other bytes`,
    });
    return;
  }
  const { chainId, addresses } = profile;
  const own = { chainId, epoch, validator };
  for (const field of ["chainId", "epoch", "validator"] as const) {
    differences.compare("verdictsShown", { where: `${where}, ${field}`, expected: own[field], found: document[field] });
  }
  if (!isSignedDocument(guardsDomain({ chainId, guards: addresses.attestations }), document)) {
    differences.add("verdictsShown", {
      where: `${where}, signatures`,
      expected: validator,
      found: "another's, or none",
    });
  }
  const said = new Map(document.verdicts.map(({ verdict }) => [verdict.taskId, verdict.outcome]));
  for (const { taskId, outcome } of verdicts) {
    const facts = { expected: outcome, found: said.get(taskId) ?? "none" };
    differences.compare("verdictsShown", { where: `${where}, task ${taskId}`, ...facts });
  }
}

function decode(bytes: Uint8Array): VerdictDocument | undefined {
  try {
    return decodeVerdictDocument(bytes);
  } catch (error) {
    if (hasCode(error, "PROTOCOL_BAD_RECORD")) return undefined;
    throw error;
  }
}

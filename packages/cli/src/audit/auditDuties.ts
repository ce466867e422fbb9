import { type Difference, Differences } from "@cortensor/books";
import { createChainReader, readDutyRound, readHead } from "@cortensor/chain";
import { type Address, type DutyTally, dutyTimes, ZERO_BYTES32 } from "@cortensor/protocol";
import { compareDocument } from "./compareDocument.js";
import { type Missing, unpublished } from "./missing.js";
import type { PublicData } from "./publicData.js";
import type { ReadSet } from "./readSets.js";

export type AuditedDuties = {
  /** Tasks that duties were drawn from. */
  readonly tasks: number;
  readonly drawn: number;
  readonly done: number;
  /** Who committed to a secret and didn't show it. */
  readonly silent: readonly Address[];
  readonly tallies: readonly DutyTally[];
  /** Documents of verdicts that were looked at. */
  readonly documents: number;
  readonly differences: readonly Difference[];
  readonly missing: readonly Missing[];
};

const NOTHING = { tasks: 0, drawn: 0, done: 0, silent: [], tallies: [], documents: 0 } as const;
const MISSING = unpublished(["verdicts of the second tier and votes of a jury"]);

/** What became of all duties of an epoch; with documents of verdicts, whether each is what its validator showed the hash of, and says what it showed. */
export async function auditDuties(
  data: PublicData,
  { epoch, readDocument }: { readonly epoch: number; readonly readDocument?: ReadSet },
): Promise<AuditedDuties> {
  const { profile, work, signal } = data;
  const chain = createChainReader({ profile });
  const what = `duties of epoch ${epoch}`;
  const { timestamp, blockNumber: toBlock } = await readHead(chain);
  const { differences: ofSets } = await data.readSettled(dutyTimes(profile, epoch).rootBefore);
  const fail = (why: string): AuditedDuties => ({ ...NOTHING, differences: ofSets, missing: [{ what, why }] });
  if (timestamp < dutyTimes(profile, epoch).shownBefore) return fail("they may still be shown");
  const all = await work.board.recompute(epoch, signal);
  if (all === "hidden") return fail("a set that they are drawn from isn't shown");
  const { shows } = await readDutyRound(chain, { epoch, fromBlock: profile.deployBlock, toBlock });
  const differences = new Differences();
  const missing: Missing[] = [...MISSING];
  const documented = readDocument === undefined ? [] : shows.filter(({ documentCid }) => documentCid !== ZERO_BYTES32);
  for (const show of documented) {
    const bytes = await readDocument?.(show.documentCid);
    if (bytes === undefined) {
      missing.push({ what: `the verdicts of ${show.validator} in epoch ${epoch}`, why: "nobody shows their document" });
      continue;
    }
    const verdicts = all.verdicts.filter(({ validator }) => validator === show.validator);
    compareDocument(bytes, { profile, epoch, show, verdicts, differences });
  }
  return {
    ...{ tasks: all.settled.size, drawn: all.duties.length, done: all.duties.filter(({ isDone }) => isDone).length },
    ...{ silent: all.missing, tallies: all.tallies, documents: documented.length },
    ...{ differences: [...ofSets, ...differences.all], missing },
  };
}

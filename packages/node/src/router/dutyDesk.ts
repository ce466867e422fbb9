import type { DutyDesk, DutyOutcome, DutyQuery } from "@cortensor/api";
import type { Books } from "@cortensor/books";
import {
  type Address,
  type Bytes32,
  dutyRequestSigner,
  type Eip712Domain,
  hasCode,
  setEntryId,
} from "@cortensor/protocol";
import { type FetchBodiesParts, fetchBodies, makersOf } from "./fetchBodies.js";
import { findDocument } from "./findDocument.js";
import type { RouterChain } from "./routerChain.js";
import type { ChainTime } from "./routerCore.js";
import type { SampleShelf } from "./sealed/sampleShelf.js";

/** Settlements whose tasks are remembered by id: those of an epoch or two. */
const SETTLEMENTS_KEPT = 64;

export type DutyDeskParts = FetchBodiesParts & {
  readonly books: Pick<Books, "settledTaskIds" | "findReceipt">;
  readonly chain: Pick<RouterChain, "readIsValidator">;
  readonly time: ChainTime;
  /** Of attestations, under which validators sign. */
  readonly domain: Eip712Domain;
  /** Sealed tasks that may be opened. */
  readonly samples: Pick<SampleShelf, "find"> | undefined;
};

/**
 * Shows settled tasks to the validators that may have drawn them: who committed to the epoch's secret, from its end until its verdicts are due. Bodies come
 * from their miners, as for evidence.
 */
export function createDutyDesk(parts: DutyDeskParts): DutyDesk {
  const { books, chain, time, domain, samples } = parts;
  const idsOf = rememberIds(books);
  const taskOf = async (query: DutyQuery): Promise<Bytes32 | "unknown" | "foreign"> => {
    const validator = signerOf(query, domain);
    if (validator === undefined || time.epoch() !== query.epoch + 1) return "foreign";
    if (!(await chain.readIsValidator({ epoch: query.epoch, validator }))) return "foreign";
    return (await idsOf(query.settlementId)).get(query.id) ?? "unknown";
  };
  return {
    find: async (query): Promise<DutyOutcome> => {
      const taskId = await taskOf(query);
      if (taskId === "unknown" || taskId === "foreign") return { kind: taskId };
      const sealed = await samples?.find(taskId);
      if (query.isSealed && sealed === undefined) return { kind: "unknown" };
      const document = await findDocument(books, taskId);
      if (document === undefined) return { kind: "unknown" };
      const { results, payees } = document;
      return {
        kind: "found",
        document,
        ...(await fetchBodies(parts, { results, miners: makersOf(payees) })),
        ...(sealed === undefined ? {} : { sealed }),
      };
    },
  };
}

function signerOf({ epoch, id, signature }: DutyQuery, domain: Eip712Domain): Address | undefined {
  try {
    return dutyRequestSigner(domain, { epoch, taskId: id }, signature);
  } catch (error) {
    if (hasCode(error, "PROTOCOL_BAD_SIGNATURE")) return undefined;
    throw error;
  }
}

/** A settlement's tasks by what sets call them. */
function rememberIds(
  books: Pick<Books, "settledTaskIds">,
): (settlementId: Bytes32) => Promise<ReadonlyMap<Bytes32, Bytes32>> {
  const kept = new Map<Bytes32, ReadonlyMap<Bytes32, Bytes32>>();
  return async (settlementId) => {
    const known = kept.get(settlementId);
    if (known !== undefined) return known;
    const ids = new Map((await books.settledTaskIds(settlementId)).map((taskId) => [setEntryId(taskId), taskId]));
    if (ids.size === 0) return ids;
    kept.set(settlementId, ids);
    for (const first of kept.keys()) if (kept.size > SETTLEMENTS_KEPT) kept.delete(first);
    return ids;
  };
}

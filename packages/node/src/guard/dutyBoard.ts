import {
  type Address,
  type AuditRates,
  type Bytes32,
  type DutyPledge,
  type DutyTask,
  dutyTaskOf,
  type EpochDuties,
  ownPlants,
  type ProvenPlant,
  provenPlants,
  type ResultsLeaf,
  recomputeDuties,
  type SettlementLeaf,
} from "@cortensor/protocol";
import type { CutOffs } from "./cutOffs.js";
import type { FetchSet } from "./fetchSet.js";
import type { BlockRange, GuardChain } from "./guardChain.js";
import type { PostedEpochs } from "./postedEpochs.js";
import type { ReadRates } from "./reputationFold.js";
import { readSettledEntries } from "./settledTasks.js";

/** A task of a published set: what the results root has of it, and who had a part in it. */
export type SettledTask = ResultsLeaf &
  Pick<SettlementLeaf, "lane" | "settlementId"> & { readonly payees: readonly Address[] };

/** What an epoch's duties are drawn from. */
export type DrawnFrom =
  /** No results root of it is posted: nothing is drawn from it now, and nothing ever if it is too late for a root. */
  | { readonly kind: "unposted" }
  /** A set or a record that it needs isn't shown. */
  | { readonly kind: "hidden" }
  | {
      readonly kind: "tasks";
      readonly tasks: readonly DutyTask[];
      /** The same, as their sets have them, by id. */
      readonly settled: ReadonlyMap<Bytes32, SettledTask>;
      readonly pledges: readonly DutyPledge[];
    };

/** What became of an epoch's duties, and of which tasks they were; "hidden" while a set that they need isn't shown. */
export type FoundDuties =
  | "hidden"
  | (EpochDuties & {
      readonly settled: ReadonlyMap<Bytes32, SettledTask>;
      /** Those of its results that were planted, and opened by now. */
      readonly plants: readonly ProvenPlant[];
    });

export type DutyBoardParts = {
  readonly chain: Pick<
    GuardChain,
    | "chainId"
    | "firstBlock"
    | "readHead"
    | "readPosted"
    | "readSettlements"
    | "readCondemned"
    | "readDutyRound"
    | "readBeacon"
    | "readPlants"
    | "readAccountOwners"
    | "readOwners"
  >;
  readonly cutOffs: CutOffs;
  readonly posted: PostedEpochs;
  readonly fetchSet: FetchSet;
  readonly readRates: ReadRates;
};

/** Reads what duties are drawn from, and what became of them, from public records alone. Epochs count by their results root. */
export class DutyBoard {
  readonly #parts: DutyBoardParts;

  constructor(parts: DutyBoardParts) {
    this.#parts = parts;
  }

  /** Tasks and validators of an epoch that is over. */
  async drawnFrom(epoch: number, signal: AbortSignal): Promise<DrawnFrom> {
    const { chain, cutOffs, posted } = this.#parts;
    if ((await chain.readPosted({ kind: "results", epoch })) === undefined) return { kind: "unposted" };
    const last = await cutOffs.lastBlockOf(epoch);
    if (last === undefined) return { kind: "unposted" };
    const before = await posted.lastBefore({ kind: "results", epoch });
    const range = await cutOffs.rangeOf(before === undefined ? 0 : before + 1, last.number);
    const entries = await readSettledEntries(range, { ...this.#parts, signal, condemnedTo: range.toBlock });
    if (entries === undefined) return { kind: "hidden" };
    const settled = entries.map(({ lane, settlementId, entry: { id, resultsHash, payees } }) => ({
      ...{ id, resultsHash, lane, settlementId, payees: payees.map(({ payee }) => payee) },
    }));
    const rates = await this.#ratesFor(epoch, signal);
    if (rates === undefined) return { kind: "hidden" };
    const owners = await chain.readOwners(settled.flatMap(({ payees }) => payees));
    const tasks = settled.map((task) => dutyTaskOf(task, { owners, rates }));
    const { fromBlock } = await cutOffs.rangeOf(Math.max(0, epoch - 1), last.number);
    const { pledges } = await chain.readDutyRound({ epoch, fromBlock, toBlock: last.number });
    return { kind: "tasks", tasks, pledges, settled: new Map(settled.map((task) => [task.id, task])) };
  }

  /** As of the last reputation root before the epoch: it is posted by now, or never. Without any everybody is a newcomer. */
  async #ratesFor(epoch: number, signal: AbortSignal): Promise<AuditRates | undefined> {
    const { posted, readRates } = this.#parts;
    const last = await posted.lastBefore({ kind: "reputation", epoch });
    return last === undefined ? new Map() : readRates(last, signal);
  }

  /** All that became of an epoch's duties, once they can't be shown any more. */
  async recompute(epoch: number, signal: AbortSignal): Promise<FoundDuties> {
    const { chain, cutOffs } = this.#parts;
    const { chainId } = chain;
    const drawn = await this.drawnFrom(epoch, signal);
    if (drawn.kind === "hidden") return "hidden";
    if (drawn.kind === "unposted") return { ...NOTHING, settled: new Map(), plants: [] };
    const last = await cutOffs.lastBlockOf(epoch + 2);
    const { fromBlock } = await cutOffs.rangeOf(epoch + 2, last?.number ?? 0);
    const toBlock = last?.number ?? fromBlock - 1;
    const { shows } = await chain.readDutyRound({ epoch, fromBlock, toBlock });
    const { tasks, pledges, settled } = drawn;
    const plants = await this.#findPlants({ epoch, settled }, { fromBlock, toBlock });
    // Known since the epoch behind began.
    const beacon = await chain.readBeacon(epoch + 1);
    const opened = beacon === undefined ? {} : { openingBeacon: beacon };
    return { ...recomputeDuties({ chainId, epoch, pledges, shows, tasks, plants, ...opened }), settled, plants };
  }

  /** Tasks of an epoch whose results were planted and opened, once they can't be opened any more. Undefined while a set that says which tasks there were isn't shown. */
  async plantsOf(epoch: number, signal: AbortSignal): Promise<ReadonlySet<Bytes32> | undefined> {
    const found = await this.recompute(epoch, signal);
    return found === "hidden" ? undefined : new Set(found.plants.map(({ taskId }) => taskId));
  }

  /** Planted by the client itself, with a miner of its own, and opened among the records in which verdicts are shown. */
  async #findPlants(
    { epoch, settled }: { readonly epoch: number; readonly settled: ReadonlyMap<Bytes32, SettledTask> },
    range: BlockRange,
  ): Promise<readonly ProvenPlant[]> {
    const { chain } = this.#parts;
    const opened = await chain.readPlants(range);
    const resultsHashes = new Map([...settled].map(([id, { resultsHash }]) => [id, resultsHash]));
    const proven = provenPlants({ epoch, opened, resultsHashes });
    if (proven.length === 0) return [];
    return ownPlants(proven, {
      miners: await chain.readOwners(proven.map(({ miner }) => miner)),
      accounts: await chain.readAccountOwners([...new Set(proven.map(({ account }) => account))]),
    });
  }
}

const NOTHING: EpochDuties = { duties: [], missing: [], unchecked: [], verdicts: [], tallies: [] };

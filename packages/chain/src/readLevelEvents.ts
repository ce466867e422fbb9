import { type Address, OUTCOMES, parseAddress, type UnixSeconds } from "@cortensor/protocol";
import type { ContractEventName, GetContractEventsReturnType } from "viem";
import { blockRanges } from "./blockRanges.js";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import { nodeLevelsAbi } from "./generated/NodeLevels.js";
import { readBlockTimes } from "./readBlockTimes.js";

type LevelLog =
  | { readonly kind: "assessorAdded" | "assessorRemoved"; readonly assessor: Address }
  | {
      readonly kind: "assessed";
      readonly node: Address;
      readonly assessor: Address;
      readonly level: number;
      /** What counted just before. */
      readonly previous: number;
    }
  /** Whose tasks levels are found by, from then on. */
  | { readonly kind: "tasksNamed"; readonly tasks: Address }
  | {
      readonly kind: "outcomeCounted";
      readonly node: Address;
      /** Whether the node was there: then its level counts for as long again. */
      readonly isSeen: boolean;
      readonly level: number;
      readonly previous: number;
    };

/** What NodeLevels logged that a node's level depends on. */
export type LevelEvent = LevelLog & { readonly atSeconds: UnixSeconds };

type Log = GetContractEventsReturnType<typeof nodeLevelsAbi, ContractEventName<typeof nodeLevelsAbi>, true>[number];

/** Everything that NodeLevels logged of levels in an inclusive block range, in the order of the chain. */
export async function* readLevelEvents(
  chain: ChainReader,
  range: { readonly fromBlock: bigint; readonly toBlock: bigint },
): AsyncGenerator<LevelEvent> {
  const address = chain.profile.addresses.nodeLevels;
  for (const piece of blockRanges(range.fromBlock, range.toBlock)) {
    const query = chain.client.getContractEvents({ address, abi: nodeLevelsAbi, strict: true, ...piece });
    const found = (await chainCall("readLevelEvents", query)).flatMap((log) => {
      const level = toLevelLog(log);
      return level === undefined ? [] : [{ level, blockNumber: log.blockNumber }];
    });
    const times = await readBlockTimes(
      chain,
      found.map(({ blockNumber }) => blockNumber),
    );
    for (const { level, blockNumber } of found) yield { ...level, atSeconds: times.get(blockNumber) ?? 0 };
  }
}

/** Undefined for who owns the list, and for which classes can be proved. */
function toLevelLog(log: Log): LevelLog | undefined {
  switch (log.eventName) {
    case "AssessorAdded":
      return { kind: "assessorAdded", assessor: parseAddress(log.args.assessor) };
    case "AssessorRemoved":
      return { kind: "assessorRemoved", assessor: parseAddress(log.args.assessor) };
    case "LevelAssessed": {
      const { node, assessor, level, previous } = log.args;
      const who = { node: parseAddress(node), assessor: parseAddress(assessor) };
      return { kind: "assessed", ...who, level: Number(level), previous: Number(previous) };
    }
    case "Joined":
      return { kind: "tasksNamed", tasks: parseAddress(log.args.tasks) };
    case "OutcomeCounted": {
      const { node, outcome, level, previous } = log.args;
      const isSeen = OUTCOMES[outcome] !== "missed";
      const kind = "outcomeCounted";
      return { kind, node: parseAddress(node), isSeen, level: Number(level), previous: Number(previous) };
    }
    default:
      return undefined;
  }
}
